/* The languages there are, by the name of their file. To add one: "How to add a language" in CONTRIBUTING.md. */
export const languages = {
  en: { name: "English", tag: "en" },
};

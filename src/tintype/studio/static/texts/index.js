/* The languages there are, by the name of their file. To add one: "How to add a language" in CONTRIBUTING.md. */
export const languages = {
  en: { name: "English", tag: "en" },
  de: { name: "Deutsch", tag: "de" },
  fr: { name: "Français", tag: "fr" },
  es: { name: "Español", tag: "es" },
  it: { name: "Italiano", tag: "it" },
  pt: { name: "Português (Brasil)", tag: "pt-BR" },
  pl: { name: "Polski", tag: "pl" },
  uk: { name: "Українська", tag: "uk" },
  ru: { name: "Русский", tag: "ru" },
};

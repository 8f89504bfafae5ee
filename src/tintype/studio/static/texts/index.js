/* The languages there are. To translate: copy en.js, translate its words, add a line here. */
export const languages = {
  en: () => import("./en.js"),
};

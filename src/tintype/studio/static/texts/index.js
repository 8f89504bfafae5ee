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
  zh: { name: "中文（简体）", tag: "zh-Hans" },
  ja: { name: "日本語", tag: "ja" },
  ko: { name: "한국어", tag: "ko" },
  ar: { name: "العربية", tag: "ar", dir: "rtl" },
};

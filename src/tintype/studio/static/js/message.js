/* Messages with values in them, as ICU writes them: {name}, {n, number}, {n, plural, one {# photo} other {# photos}}.
   What a kind does is in `kinds`; plurals, numbers, lists and dates are those of `Intl`. */

const isolate = (text) => `\u2068${text}\u2069`;

/** Values as a language writes them. Strings keep their own direction where the language runs from right to left. */
export function formats(locale, rtl) {
  const number = (options) => {
    const format = new Intl.NumberFormat(locale, options);
    return (n) => format.format(n);
  };
  const decimal = number({ maximumFractionDigits: 1 });
  const share = number({ style: "percent", maximumFractionDigits: 0 });
  const shift = number({ signDisplay: "exceptZero" });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const word = (text) => (rtl ? isolate(text) : text);
  return {
    number: decimal,
    plain: number({ useGrouping: false }), // sizes in pixels, codes
    percent: (n) => share(n / 100), // of 0-100
    signed: (n) => shift(n).replace("-", "−"),
    list: (names) => list.format(names.map(word)),
    date: (when) => date.format(when),
    any: (value) => (typeof value === "number" ? decimal(value) : word(String(value ?? ""))),
  };
}

/** Where the brace that is open at `at` closes. */
function closing(text, at) {
  let depth = 0;
  for (let i = at; i < text.length; i += 1) {
    if (text[i] === "{") depth += 1;
    if (text[i] === "}" && (depth -= 1) === 0) return i;
  }
  throw new SyntaxError(`a brace is left open in: ${text}`);
}

function cases(text) {
  const found = new Map();
  for (let at = text.indexOf("{"), from = 0; at >= 0; at = text.indexOf("{", from)) {
    const end = closing(text, at);
    found.set(text.slice(from, at).trim(), parse(text.slice(at + 1, end)));
    from = end + 1;
  }
  if (!found.has("other")) throw new SyntaxError(`a plural has no "other": ${text}`);
  return found;
}

/** A message as a list of strings and of {name, kind, cases}. */
export function parse(text) {
  const parts = [];
  let from = 0;
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", from)) {
    const end = closing(text, at);
    if (at > from) parts.push(text.slice(from, at));
    const [, name, kind = "any", rest = ""] = /^\s*(\w+)\s*(?:,\s*(\w+)\s*(?:,(.*))?)?$/s.exec(text.slice(at + 1, end)) ?? [];
    if (!name) throw new SyntaxError(`no name of a value: ${text}`);
    parts.push({ name, kind, cases: kind === "plural" ? cases(rest) : null });
    from = end + 1;
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

/** What turns a message and its values into text, in one language. */
export function writer(locale, rtl) {
  const kinds = formats(locale, rtl);
  const rules = new Intl.PluralRules(locale);
  const parsed = new Map();
  const write = (parts, values, count) => parts.map((part) => {
    if (typeof part === "string") return count === undefined ? part : part.replaceAll("#", kinds.number(count));
    const value = values[part.name];
    if (part.kind !== "plural") return kinds[part.kind](value);
    return write(part.cases.get(`=${value}`) ?? part.cases.get(rules.select(value)) ?? part.cases.get("other"), values, value);
  }).join("");
  return (text, values) => {
    if (!parsed.has(text)) parsed.set(text, parse(text));
    return write(parsed.get(text), values);
  };
}

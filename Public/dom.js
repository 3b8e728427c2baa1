export const byId = (id) => document.getElementById(id);

/** A new element. Children are nodes or text: nothing here turns a string into markup. */
export function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Gives an element a person's mark: a letter, and a colour that goes with the name. */
export function mark(element, name) {
  let sum = 7;
  for (const character of name) sum = (sum * 131 + character.codePointAt(0)) >>> 0;
  element.style.setProperty("--hue", sum % 360);
  element.textContent = (name.match(/[\p{L}\p{N}]/u)?.[0] ?? "•").toLocaleUpperCase();
}

/** Writes what differs: a live region is read out at every write. */
export function say(id, text) {
  if (byId(id).textContent !== text) byId(id).textContent = text;
}

/** Says what is wrong in a field, or with "" that nothing is. */
export function complain(field, problem) {
  say(field.getAttribute("aria-describedby").match(/\S+-error/)[0], problem);
  field.ariaInvalid = String(problem !== "");
}

const loads = new Map();

/** Resolves, in the order asked, to a module that visits can begin without, or to null. */
export function extra(name) {
  if (!loads.has(name)) loads.set(name, import(`./${name}.js`).catch(() => loads.delete(name) && null));
  return loads.get(name);
}

export function count(badge, unread) {
  badge.hidden = !unread;
  badge.textContent = unread > 99 ? "99+" : unread;
}

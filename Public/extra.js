const loads = new Map();

/** Resolves, in the order asked, to a module that visits can begin without, or to null. */
export function extra(name) {
  if (!loads.has(name)) loads.set(name, import(`./${name}.js`).catch(() => loads.delete(name) && null));
  return loads.get(name);
}

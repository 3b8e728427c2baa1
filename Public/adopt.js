const staleAfter = 180_000;

/**
 * Takes over what pages that are gone have left in the storage, before what the outbox has, and returns it. A page
 * that goes (or is reloaded) gives its slot up; that of a crashed one is free once it is stale.
 */
export function adopt(outbox, store) {
  const adopted = [];
  for (const slot of outbox.others) {
    const left = store.getJSON(slot);
    if (left?.alive > Date.now() - staleAfter) continue;
    store.remove(slot);
    if (Array.isArray(left?.entries)) adopted.push(...left.entries.filter(isEntry));
  }
  outbox.entries = [...adopted, ...outbox.entries];
  outbox.save();
  return adopted;
}

/** Others can write to the storage, too. */
function isEntry(entry) {
  return [entry?.key, entry?.channel, entry?.nick, entry?.text].every((field) => typeof field === "string")
    && !Number.isNaN(new Date(entry.at).getTime()) && (entry.failed === null || typeof entry.failed === "string");
}

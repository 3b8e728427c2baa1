import { Roost } from "../roost.js";

const byId = (id) => document.getElementById(id);
const user = new URLSearchParams(location.search).get("user") ?? "alice";
let newest;

const roost = new Roost(undefined, { user });
roost.addEventListener("notification", ({ detail: { id, data } }) => {
  newest = id;
  const text = typeof data === "string" ? data : JSON.stringify(data);
  byId("list").prepend(Object.assign(document.createElement("li"), { textContent: text }));
  // Asked again, the server says how many there are.
  roost.inbox("example");
});
roost.addEventListener("read", ({ detail }) => {
  byId("unread").textContent = detail.unread;
  byId("read").disabled = detail.unread === 0;
  if (detail.unread === 0) byId("list").replaceChildren();
});
roost.inbox("example");
roost.connect();

byId("name").textContent = user;
byId("read").addEventListener("click", () => roost.ack(newest));
byId("send").addEventListener("submit", (event) => {
  event.preventDefault();
  fetch(`../users/${encodeURIComponent(user)}/notifications`, { method: "POST", body: byId("text").value });
});

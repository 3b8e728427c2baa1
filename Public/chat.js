import { channelFromHash, channelProblem, defaultChannel, encodeChannel } from "./channel.js";
import { Composer } from "./composer.js";
import { byId, complain, count, extra } from "./dom.js";
import { contentOf, sizeOf } from "./message.js";
import { Nickname } from "./nickname.js";
import { Outbox } from "./outbox.js";
import { Roost } from "./roost.js";
import { mostShown, Room } from "./room.js";
import { Scroller } from "./scroller.js";
import { Sidebar } from "./sidebar.js";
import { Status } from "./status.js";
import { Store } from "./store.js";

const roomsKey = "roost.rooms";
const deviceKey = "roost.device";
/** Bytes: the server's 64 KiB, less what a message grows by on its way. */
const mostBytes = 63_000;
// In milliseconds.
const echoWithin = 5_000;
const tidyEvery = 30_000;

const store = new Store(() => localStorage);
const outbox = new Outbox(store);
const roost = new Roost(location.href);
const nickname = new Nickname(store);
const composer = new Composer(new Store(() => sessionStorage));
const scroller = new Scroller(byId("log"), byId("newer"));
const sidebar = new Sidebar();
const status = new Status();
const parts = {};
const hasKeyboard = matchMedia("(pointer: fine)").matches;

const rooms = new Map();
let active = null;
let flushIsSet = false;
let user;

// Channels

function enterFromAddress() {
  const name = channelFromHash(location.hash);
  const problem = name && channelProblem(name);
  complain(byId("join-name"), problem);
  enter(problem ? defaultChannel : name || defaultChannel);
}

function enter(name) {
  active = rooms.get(name) ?? join(name);
  byId("room-name").textContent = name;
  byId("empty-command").textContent = `curl -d hello ${location.origin}/channels/${encodeChannel(name)}/messages`;
  byId("log").ariaLabel = `Messages in ${name}`;
  hush();
  byId("log").replaceChildren(active.log.element);
  composer.show(name);
  show();
  scroller.toEnd();
  if (hasKeyboard) composer.focus();
}

/** What is old is not read out. */
function hush() {
  byId("log").ariaLive = "off";
  setTimeout(() => byId("log").ariaLive = "polite", 400);
}

function join(name) {
  const room = new Room(name);
  rooms.set(name, room);
  sidebar.add(room);
  outbox.entries.filter((entry) => entry.channel === name).forEach(showEntry);
  room.onArrival = ({ age }) => {
    if (room === active && age === "old") hush();
    scheduleFlush();
  };
  room.subscribe(roost);
  rememberRooms();
  return room;
}

sidebar.onLeave = (room) => {
  rooms.delete(room.name);
  sidebar.remove(room);
  roost.unsubscribe(room.name);
  rememberRooms();
  if (room === active) location.hash = encodeChannel([...rooms.keys()].at(-1));
  show();
};

function rememberRooms() {
  store.set(roomsKey, JSON.stringify([...rooms.keys()]));
}

// What the server says

const heard = {
  state: ({ state, ...detail }) => {
    status.set(state, detail);
    for (const room of rooms.values()) {
      if (state !== "open") room.lost();
      else if (room.problem) room.subscribe(roost);
    }
    if (state === "open") adopt();
    // Nobody knows whether the first one has arrived: it may not come back.
    if (state !== "open" && outbox.waiting[0]) outbox.waiting[0].wasCut = true;
    for (const entry of outbox.waiting) setEntryState(entry, stateOf(entry));
    show();
  },
  subscribed: (frame) => withRoom(frame, (room) => {
    room.joined(frame);
    lookAround(room);
  }),
  unsubscribed: (frame) => frame.reason === "stopped"
    && withRoom(frame, (room) => room.lost("This channel was stopped.")),
  gap: (frame) => withRoom(frame, (room) => room.addGap()),
  join: toPeople,
  leave: toPeople,
  notification: (frame) => withBell((bell) => bell.add(frame)),
  read: ({ unread }) => ring(unread),
  error: ({ code, message, command }) => {
    const isPassing = code === "unavailable" || code === "overloaded";
    const entry = outbox.find(command?.key);
    if (entry) setEntryState(entry, "delayed");
    else if (!command) edit(active, () => void active.log.notice(`The server says: ${message}`));
    else if (!isPassing) withRoom(command, (room) => room.lost(message));
  },
};

for (const [type, hear] of Object.entries(heard)) {
  roost.addEventListener(type, ({ detail }) => hear(detail));
}

function withRoom({ channel }, action) {
  const room = rooms.get(channel);
  if (room) action(room);
  show();
}

// Who is here, and what waits for one

async function lookAround(room) {
  room.people?.expect();
  const reply = await roost.presence(room.name).catch(({ code }) => code);
  if (reply.users) toPeople(reply);
  else if (reply === "not_found") room.people = null;
}

async function toPeople(frame) {
  parts.people = await extra("people");
  parts.people?.heard(rooms.get(frame.channel), frame);
  show();
}

/** Opens the inbox, or asks again how much is unread. */
function openInbox() {
  const device = store.get(deviceKey) ?? crypto.getRandomValues(new Uint32Array(2)).join("-");
  store.set(deviceKey, device);
  roost.inbox(device);
}

/** Shows how much is unread; undefined where there is no inbox. */
function ring(unread) {
  byId("bell").hidden = unread === undefined;
  byId("bell").ariaLabel = `Notifications${unread ? `, ${unread} unread` : ""}`;
  count(byId("unread"), unread);
  parts.bell?.show(unread);
}

async function withBell(action) {
  const part = await extra("bell");
  if (part) action(parts.bell ??= new part.Bell(roost, openInbox));
}

// What one writes

composer.onSubmit = (text) => {
  const line = { channel: active.name, nick: nickname.value, text };
  const size = sizeOf(line);
  if (size > mostBytes) return `Too long: ${size} bytes, of which ${mostBytes} can be sent at once.`;
  const entry = outbox.add(line);
  if (!entry) return "Too much waits to be sent already: wait for the connection, or discard something.";
  active.log.undivide();
  showEntry(entry);
  scroller.toEnd();
  send(entry);
  return "";
};

/** It is in the outbox until the server has it. */
async function send(entry) {
  try {
    const { id } = await roost.publish(entry.channel, contentOf(entry), { key: entry.key });
    outbox.remove(entry);
    setEntryState(entry, "sent");
    if (entry.wasCut && !id) rooms.get(entry.channel)?.log.settle(entry.key);
    else settleLater(entry);
  } catch ({ message }) {
    outbox.fail(entry, message);
    setEntryState(entry, "failed");
  }
}

/** What does not come back takes its place in the log all the same, but not before what is older. */
function settleLater({ channel, key }) {
  setTimeout(() => {
    const room = rooms.get(channel);
    if (room?.isBehind && room.log.pending(key)) settleLater({ channel, key });
    else room?.log.settle(key);
  }, echoWithin);
}

function showEntry(entry) {
  const message = { ...entry, sender: entry.nick, kind: "text", time: new Date(entry.at) };
  rooms.get(entry.channel).log.addPending(message);
  setEntryState(entry, stateOf(entry));
}

function stateOf({ failed }) {
  if (failed !== null) return "failed";
  return roost.state === "open" ? "sending" : "waiting";
}

function setEntryState(entry, state) {
  const room = rooms.get(entry.channel);
  const row = room?.log.pending(entry.key);
  edit(room, () => row?.setState(state));
  if (row && state === "failed") explain(room, row, entry);
}

async function explain({ log }, { element }, entry) {
  const part = await extra("problem");
  const retry = () => {
    log.postpone(entry.key);
    outbox.requeue(entry);
    setEntryState(entry, stateOf(entry));
    send(entry);
    composer.focus();
  };
  const discard = () => {
    outbox.remove(entry);
    log.discard(entry.key);
    show();
    composer.focus();
  };
  if (entry.failed !== null) part?.showProblem(element, entry.failed, retry, discard);
}

/** Takes over what pages that are gone left unsent, and joins its channels. */
async function adopt() {
  const part = outbox.others.length > 0 && await extra("adopt");
  for (const entry of part ? part.adopt(outbox, store) : []) {
    if (rooms.has(entry.channel)) showEntry(entry);
    else join(entry.channel);
    if (entry.failed === null) send(entry);
  }
}

// What one sees

function edit(room, change) {
  if (room === active) scroller.adding(change);
  else change();
  show();
}

/** Shows what came once a screen frame, or a little later off screen. */
function scheduleFlush() {
  if (flushIsSet) return;
  flushIsSet = true;
  requestAnimationFrame(flush);
  setTimeout(flush, 250);
}

function flush() {
  if (!flushIsSet) return;
  flushIsSet = false;
  for (const room of rooms.values()) {
    if (room === active) {
      scroller.adding(() => room.show());
      scroller.trimming(() => room.log.trim(mostShown));
    } else {
      room.show();
      room.log.trim(mostShown / 4);
    }
  }
  show();
}

function show() {
  if (!active) return;
  if (!document.hidden) active.unread = 0;
  let unread = 0;
  for (const room of rooms.values()) {
    unread += room.unread;
    room.log.watch(room === active && !document.hidden && roost.state === "open");
  }
  document.title = `${unread > 0 ? `(${unread}) ` : ""}#${active.name} · Roost`;
  byId("empty").hidden = Boolean(active.log.element.firstChild);
  sidebar.update(active);
  parts.people?.show(active.people, nickname.value);
  status.explain(active.problem, outbox.waiting.length);
}

function introduce(nick) {
  sidebar.showName(nick);
  if (nick === user) return;
  user = nick;
  parts.bell?.clear();
  ring();
  roost.connect({ user });
  openInbox();
}

function nudge() {
  if (roost.state === "waiting") roost.connect();
}

nickname.onChange = (nick) => {
  introduce(nick);
  if (hasKeyboard && document.activeElement === document.body) composer.focus();
};
byId("bell").addEventListener("click", () => parts.bell || withBell((bell) => bell.open()));
byId("banner-button").addEventListener("click", () => {
  if (roost.state === "open") active.subscribe(roost);
  else roost.connect();
  show();
});
addEventListener("hashchange", enterFromAddress);
addEventListener("online", nudge);
document.addEventListener("visibilitychange", () => {
  nudge();
  show();
});
addEventListener("pagehide", () => outbox.save(0));
setInterval(() => {
  outbox.save();
  if (roost.state === "open") adopt();
}, tidyEvery);

for (const name of [store.getJSON(roomsKey) ?? []].flat().map(String)) {
  if (!channelProblem(name) && !rooms.has(name)) join(name);
}
enterFromAddress();
adopt();
if (nickname.value) introduce(nickname.value);
else nickname.ask();

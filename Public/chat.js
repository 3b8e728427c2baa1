import { channelFromHash, channelProblem, defaultChannel, encodeChannel } from "./channel.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { Delivery } from "./delivery.js";
import { byId } from "./dom.js";
import { frameSize, publishFrame, readMessage } from "./message.js";
import { Nickname } from "./nickname.js";
import { Outbox } from "./outbox.js";
import { mostShown, Room } from "./room.js";
import { Scroller } from "./scroller.js";
import { Sidebar } from "./sidebar.js";
import { Status } from "./status.js";
import { Store } from "./store.js";

const roomsKey = "roost.rooms";
/** Bytes of a frame: the server's 64 KiB, less what a message grows by on its way. */
const mostBytes = 63_000;
/** How long a message that the server has may take to come back, in milliseconds. */
const echoWithin = 5_000;
const rejoinAfter = 3_000;
const tidyEvery = 30_000;
/** How much of what was said before is shown, in messages. */
const mostPast = 100;

const store = new Store(() => localStorage);
const outbox = new Outbox(store);
const connection = new Connection(new URL("ws", location.href.replace(/^http/, "ws").replace(/[?#].*/, "")));
const delivery = new Delivery(outbox, connection, (channel) => rooms.get(channel)?.state !== "joining");
const nickname = new Nickname(store);
const composer = new Composer(new Store(() => sessionStorage));
const scroller = new Scroller(byId("log"), byId("newer"));
const sidebar = new Sidebar();
const status = new Status();
/** On a touch screen focus would bring up the keyboard. */
const hasKeyboard = matchMedia("(pointer: fine)").matches;

/** The channels one is in, by name, in the order joined. */
const rooms = new Map();
let active = null;
let latestRef = 0;
let flushIsSet = false;

// Channels

function enterFromAddress() {
  const name = channelFromHash(location.hash);
  const problem = name && channelProblem(name);
  sidebar.complain(problem);
  enter(problem ? defaultChannel : name || defaultChannel);
}

function enter(name) {
  active = rooms.get(name) ?? join(name);
  byId("room-name").textContent = name;
  byId("empty-command").textContent = `curl -d hello ${location.origin}/channels/${encodeChannel(name)}/messages`;
  const log = byId("log");
  log.ariaLabel = `Messages in ${name}`;
  hush();
  log.replaceChildren(active.log.element);
  composer.show(name);
  show();
  scroller.toEnd();
  if (hasKeyboard) composer.focus();
}

/** What was said before is not read out as if it were said now. */
function hush() {
  byId("log").ariaLive = "off";
  setTimeout(() => byId("log").ariaLive = "polite", 250);
}

function join(name) {
  const room = new Room(name);
  rooms.set(name, room);
  sidebar.add(room);
  outbox.entries.filter((entry) => entry.channel === name).forEach(showEntry);
  subscribe(room);
  rememberRooms();
  return room;
}

function leave(room) {
  rooms.delete(room.name);
  sidebar.remove(room);
  connection.send({ type: "unsubscribe", channel: room.name });
  delivery.pump();
  rememberRooms();
  if (room === active) location.hash = encodeChannel([...rooms.keys()].at(-1));
  show();
}

function rememberRooms() {
  store.set(roomsKey, JSON.stringify([...rooms.keys()]));
}

function subscribe(room) {
  room.state = "joining";
  room.problem = "";
  room.ref = latestRef += 1;
  connection.send({ type: "subscribe", channel: room.name, since: room.position ?? undefined, ref: room.ref });
}

sidebar.onLeave = leave;
addEventListener("hashchange", enterFromAddress);

// What the server says. A type that is not here is a newer server's, and is let pass.

const heard = {
  message(frame) {
    const room = rooms.get(frame.channel);
    if (!room) return;
    const message = readMessage(frame);
    room.receive(message);
    delivery.arrived(message.key);
    scheduleFlush();
  },

  subscribed(frame) {
    const room = rooms.get(frame.channel);
    if (room?.ref !== frame.ref) return;
    room.state = "joined";
    if (room.lostAt && !frame.recovered) edit(room, () => room.log.gap(room.lostAt, Date.now()));
    room.lostAt = null;
    if (frame.id && !frame.recovered) {
      room.awaitPast(latestRef += 1);
      connection.send({ type: "history", channel: room.name, limit: mostPast, ref: room.pastRef });
    }
    delivery.pump();
  },

  history(frame) {
    const room = rooms.get(frame.channel);
    if (!room || room.pastRef !== frame.ref) return;
    const messages = Array.isArray(frame.messages) ? frame.messages.map((message) => readMessage(message)) : [];
    if (room === active) hush();
    room.recall(messages);
    for (const { key } of messages) delivery.arrived(key);
    scheduleFlush();
  },

  gap(frame) {
    const room = rooms.get(frame.channel);
    if (!room) return;
    flush();
    edit(room, () => void room.log.notice("Messages may be missing here."));
  },

  unsubscribed(frame) {
    const room = rooms.get(frame.channel);
    if (!room || frame.reason === "requested") return;
    room.state = "refused";
    room.problem = frame.reason === "stopped" ? "This channel was stopped." : "This channel is no longer open to you.";
    show();
  },

  published: (frame) => delivery.arrived(frame.ref),

  error(frame) {
    const { ref, code, message: reason = code } = frame;
    if (delivery.refused(ref, code, reason)) return;
    const waiting = [...rooms.values()].find((other) => other.pastRef !== null && other.pastRef === ref);
    if (waiting) {
      waiting.recall();
      scheduleFlush();
      return;
    }
    const room = [...rooms.values()].find((other) => other.state === "joining" && other.ref === ref);
    if (!room) {
      edit(active, () => void active.log.notice(`The server says: ${reason}`));
    } else if (code === "unavailable" || code === "overloaded") {
      setTimeout(() => room.ref === ref && rooms.has(room.name) && subscribe(room), rejoinAfter);
    } else {
      room.state = "refused";
      room.problem = `This channel cannot be joined: ${reason}`;
      delivery.pump();
      show();
    }
  },
};

connection.onFrame = (frame) => Object.hasOwn(heard, frame.type) && heard[frame.type](frame);

connection.onState = (state, detail) => {
  status.set(state, detail);
  if (state === "open") {
    rooms.forEach(subscribe);
    adopt();
  }
  for (const entry of outbox.waiting) setEntryState(entry, delivery.stateOf(entry));
  show();
};

connection.onClosed = (code) => {
  delivery.disconnected(code);
  for (const room of rooms.values()) {
    if (room.state === "joined") room.lostAt ??= Date.now();
    room.state = "joining";
    if (room.pastRef !== null) room.recall();
  }
  scheduleFlush();
};

// What one writes

composer.onSubmit = (text) => {
  const line = { channel: active.name, nick: nickname.value, text };
  const size = frameSize(publishFrame(line));
  if (size > mostBytes) return `Too long: ${size} bytes, of which ${mostBytes} can be sent at once.`;
  const entry = outbox.add(line);
  if (!entry) return "Too much waits to be sent already: wait for the connection, or discard something.";
  showEntry(entry);
  scroller.toEnd();
  delivery.pump();
  return "";
};

delivery.onChange = (entry, state) => {
  setEntryState(entry, state);
  if (state === "sent") setTimeout(() => rooms.get(entry.channel)?.log.settle(entry.key), echoWithin);
};

function showEntry(entry) {
  const message = { ...entry, sender: entry.nick || null, kind: "text", time: new Date(entry.at) };
  rooms.get(entry.channel).log.addPending(message);
  setEntryState(entry, delivery.stateOf(entry));
}

function setEntryState(entry, state) {
  const log = rooms.get(entry.channel)?.log;
  const retry = () => {
    log.postpone(entry.key);
    delivery.retry(entry);
    composer.focus();
  };
  const discard = () => {
    outbox.remove(entry);
    log.discard(entry.key);
    show();
    composer.focus();
  };
  edit(rooms.get(entry.channel), () => log?.pending(entry.key)?.setState(state, entry.failed, retry, discard));
}

/** Takes over what pages that are gone left unsent, and joins its channels: one sees what becomes of it. */
function adopt() {
  for (const entry of outbox.adopt()) {
    if (rooms.has(entry.channel)) showEntry(entry);
    else join(entry.channel);
  }
  delivery.pump();
}

// What one sees

/** Changes a log by something that is no news. */
function edit(room, change) {
  if (room === active) scroller.adding(change);
  else change();
  show();
}

/** Shows what came once a screen frame, or a little later while the page is not on screen. */
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
  const unread = [...rooms.values()].reduce((sum, room) => sum + room.unread, 0);
  document.title = `${unread > 0 ? `(${unread}) ` : ""}#${active.name} · Roost`;
  byId("empty").hidden = !active.log.isEmpty;
  sidebar.update(active);
  status.explain(active.problem, outbox.waiting.length);
}

nickname.onChange = (nick) => {
  sidebar.showName(nick);
  if (hasKeyboard && document.activeElement === document.body) composer.focus();
};
byId("banner-button").addEventListener("click", () => {
  if (connection.state === "open") subscribe(active);
  else connection.connect();
  show();
});
document.addEventListener("visibilitychange", show);
addEventListener("pagehide", () => outbox.save(0));
setInterval(() => connection.state === "open" ? adopt() : outbox.save(), tidyEvery);

outbox.adopt();
const remembered = store.getJSON(roomsKey);
for (const name of Array.isArray(remembered) ? remembered : []) {
  if (typeof name === "string" && !channelProblem(name) && !rooms.has(name)) join(name);
}
for (const { channel } of outbox.entries) if (!rooms.has(channel)) join(channel);
enterFromAddress();
connection.connect();
if (nickname.value) sidebar.showName(nickname.value);
else nickname.ask();

-- What every script about inboxes begins with: the time, where the inbox stands, what may be done with it.
--
-- KEYS  1 meta: hash of `epoch`, `offset` (the last given out), `read` (the user has read up to this), `dropped`,
--         `ends` (when all of it may go)
--       2 items: hash, offset to notification     3 order: zset of the offsets   4 expiries: zset, offset by when it expires
--       5 cursors: zset, device by the offset it has acknowledged                6 seen: zset, device by when it was last seen
-- ARGV  1 ms for which a device is remembered, and an inbox that nobody uses     2 the epoch of a new inbox
--       3 devices, at most
-- Times are in ms since 1970.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(number) return string.format('%.0f', number) end

local state = redis.call('HMGET', KEYS[1], 'epoch', 'offset', 'read', 'dropped', 'ends')
local epoch = state[1]
local newest, read, dropped = tonumber(state[2]) or 0, tonumber(state[3]) or 0, tonumber(state[4]) or 0
local ends = tonumber(state[5]) or 0

local function remove(offsets)
  for first = 1, #offsets, 1000 do
    local last = math.min(first + 999, #offsets)
    redis.call('HDEL', KEYS[2], unpack(offsets, first, last))
    redis.call('ZREM', KEYS[3], unpack(offsets, first, last))
    redis.call('ZREM', KEYS[4], unpack(offsets, first, last))
  end
end

-- Lets go of what every device has acknowledged.
local function remove_acknowledged()
  local lowest = redis.call('ZRANGE', KEYS[5], 0, 0, 'WITHSCORES')[2]
  if lowest then remove(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', lowest)) end
end

local function forget(devices)
  for _, device in ipairs(devices) do
    redis.call('ZREM', KEYS[5], device)
    redis.call('ZREM', KEYS[6], device)
  end
  if #devices > 0 then remove_acknowledged() end
end

-- Lets go of what has expired, and begins an inbox where there is none.
local function advance()
  if not epoch then
    redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6])
    epoch, newest, read, dropped, ends = ARGV[2], 0, 0, 0, 0
    redis.call('HSET', KEYS[1], 'epoch', epoch)
  end
  remove(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', text(now)))
  forget(redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', text(now - ARGV[1])))
end

local function see(device)
  redis.call('ZADD', KEYS[6], text(now), device)
  redis.call('ZADD', KEYS[5], 'NX', 0, device)
  local excess = redis.call('ZCARD', KEYS[6]) - ARGV[3]
  if excess > 0 then forget(redis.call('ZRANGE', KEYS[6], 0, excess - 1)) end
end

-- Every key goes when the last notification may, and `life` ms from now at the earliest.
local function expire(life)
  ends = math.max(ends, now + life)
  redis.call('HSET', KEYS[1], 'ends', text(ends))
  for index = 1, 6 do redis.call('PEXPIREAT', KEYS[index], text(ends)) end
end

local function unread() return redis.call('ZCOUNT', KEYS[3], '(' .. text(read), '+inf') end

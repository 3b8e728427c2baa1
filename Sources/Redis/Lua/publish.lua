-- Publishes a message, in a channel's history and to its subscribers, as one step.
--
-- KEYS  1 meta: hash of `epoch` and `offset`, the last given out
--       2 stream: entries `<offset>-0`, `m` the message, `x` when it ends (ms since 1970), if it does by itself
--       3 the idempotency key, if there is one: its value is the id of the message that was published with it
-- ARGV  1 the channel in Redis   2, 3 the message before and behind the place of its id
--       4 messages to keep, 0 for no history   5 ms that the history lives after this   6 the epoch of a new stream
--       7 ms that this message lives, or ''    8 ms that the idempotency key lives
-- Returns the message's id, '' without history.
local id = ''
if KEYS[3] then
  local earlier = redis.call('GET', KEYS[3])
  if earlier then return earlier end
end
local message
if ARGV[4] == '0' then
  message = ARGV[2] .. ARGV[3]
else
  local epoch = redis.call('HGET', KEYS[1], 'epoch')
  if not epoch then
    epoch = ARGV[6]
    redis.call('DEL', KEYS[1], KEYS[2])
    redis.call('HSET', KEYS[1], 'epoch', epoch)
  end
  -- Written in full up to 10^14, and this runs for every message.
  local offset = redis.call('HINCRBY', KEYS[1], 'offset', 1)
  id = offset .. '-' .. epoch
  message = ARGV[2] .. '"id":"' .. id .. '",' .. ARGV[3]
  if ARGV[7] == '' then
    redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[4], offset .. '-0', 'm', message)
  else
    local now = redis.call('TIME')
    local ends = now[1] * 1000 + math.floor(now[2] / 1000) + ARGV[7]
    redis.call('XADD', KEYS[2], 'MAXLEN', ARGV[4], offset .. '-0', 'm', message, 'x', string.format('%.0f', ends))
  end
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
end
if KEYS[3] then redis.call('SET', KEYS[3], id, 'PX', ARGV[8]) end
redis.call('PUBLISH', ARGV[1], message)
return id

-- Everything that happens to a work queue, each call as one step.
--
-- KEYS  1 list: items as anyone pushes them; never handed out yet
--       2 returned: list of the numbers of jobs that were, and go before those
--       3 delayed: zset of job numbers by when they are due      4 leases: zset of job numbers by when they end
--         (both in ms since 1970)
--       5 jobs: hash of `<attempt> <item>` by number, for all that are in 2, 3 or 4
--       6 counts: hash of `next`, the last number given out, and `done`, a count
--       7 dead: list of the items that were handed out too often
-- ARGV  1 what to do   2 the channel on which to tell that something can be leased   3 hand-outs before a job is dead
--       4… see each function
--
-- Writes that could fail for a wrong type come before those that take a job from where it was.
local LIST, RETURNED, DELAYED, LEASES, JOBS, COUNTS, DEAD = unpack(KEYS)
local limit = tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local hasNews = false

local function text(number)
  return string.format('%.0f', number)
end

-- Numbers begin with the time in µs, so that one from before the data was lost never means another job.
local function makeNumber()
  if redis.call('HEXISTS', COUNTS, 'next') == 0 then
    redis.call('HSET', COUNTS, 'next', text(time[1] * 1000000 + time[2]))
  end
  return text(redis.call('HINCRBY', COUNTS, 'next', 1))
end

-- A job's attempt and item; nothing if there is none.
local function read(job)
  local value = redis.call('HGET', JOBS, job)
  local space = value and value:find(' ', 1, true)
  if space then return tonumber(value:sub(1, space - 1)), value:sub(space + 1) end
end

local function giveBack(job, attempt, item, push)
  if attempt >= limit then
    redis.call('RPUSH', DEAD, item)
    redis.call('HDEL', JOBS, job)
  else
    redis.call(push, RETURNED, job)
    hasNews = true
  end
end

-- Gives back what was leased for too long, and takes in what has been delayed for long enough.
local function reap()
  for _, job in ipairs(redis.call('ZRANGEBYSCORE', LEASES, '-inf', text(now), 'LIMIT', 0, 1000)) do
    local attempt, item = read(job)
    if attempt then giveBack(job, attempt, item, 'RPUSH') end
    redis.call('ZREM', LEASES, job)
  end
  for _, job in ipairs(redis.call('ZRANGEBYSCORE', DELAYED, '-inf', text(now), 'LIMIT', 0, 1000)) do
    local attempt, item = read(job)
    if attempt == 0 then
      redis.call('RPUSH', LIST, item)
      redis.call('HDEL', JOBS, job)
    elseif attempt then
      redis.call('RPUSH', RETURNED, job)
    end
    redis.call('ZREM', DELAYED, job)
    hasNews = true
  end
end

local function waiting()
  return redis.call('LLEN', LIST) + redis.call('LLEN', RETURNED)
end

-- Milliseconds until something is due; '' if nothing is.
local function nextDue()
  local due
  for _, key in ipairs({LEASES, DELAYED}) do
    local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
    if first then due = math.min(due or math.huge, math.max(0, tonumber(first) - now)) end
  end
  return due and text(due) or ''
end

-- ARGV  4 the most bytes of a job   5 bytes of all jobs, but for the last   6… ms of each lease that is wanted
-- Returns ms until something is due, how many are still waiting, how many were too large, then id and item in turns.
local function lease()
  reap()
  local maximum, room = tonumber(ARGV[4]), tonumber(ARGV[5])
  local wanted, found, oversized, answer = #ARGV - 5, 0, 0, {}
  local function take(job, attempt, item)
    found = found + 1
    redis.call('HSET', JOBS, job, text(attempt) .. ' ' .. item)
    redis.call('ZADD', LEASES, text(now + ARGV[5 + found]), job)
    answer[2 * found - 1] = job .. '-' .. text(attempt)
    answer[2 * found] = item
    room = room - #item
  end
  while found < wanted and room > 0 do
    local job = redis.call('LINDEX', RETURNED, 0)
    if not job then break end
    local attempt, item = read(job)
    if attempt then take(job, attempt + 1, item) end
    redis.call('LPOP', RETURNED)
  end
  while found < wanted and room > 0 do
    local items = redis.call('LRANGE', LIST, 0, math.min(wanted - found, 16) - 1)
    if #items == 0 then break end
    for _, item in ipairs(items) do
      if room <= 0 then break end
      if #item > maximum then
        redis.call('RPUSH', DEAD, item)
        oversized = oversized + 1
      else
        take(makeNumber(), 1, item)
      end
      redis.call('LPOP', LIST)
    end
  end
  local left = waiting()
  hasNews = hasNews and left > 0
  return {nextDue(), left, oversized, unpack(answer)}
end

-- What may be done to a lease that still stands: job, attempt, item.
local change = {}

function change.done(job)
  redis.call('HINCRBY', COUNTS, 'done', 1)
  redis.call('HDEL', JOBS, job)
  redis.call('ZREM', LEASES, job)
end

-- ARGV  4 ms of delay
function change.retry(job, attempt, item)
  if ARGV[4] ~= '0' and attempt < limit then
    redis.call('ZADD', DELAYED, text(now + ARGV[4]), job)
    hasNews = true
  else
    giveBack(job, attempt, item, 'RPUSH')
  end
  redis.call('ZREM', LEASES, job)
end

-- ARGV  4 ms from now
function change.renew(job)
  redis.call('ZADD', LEASES, text(now + ARGV[4]), job)
end

function change.release(job, attempt, item)
  giveBack(job, attempt, item, 'LPUSH')
  redis.call('ZREM', LEASES, job)
end

function change.undo(job, attempt, item)
  if attempt == 1 then
    redis.call('LPUSH', LIST, item)
    redis.call('HDEL', JOBS, job)
  else
    redis.call('HSET', JOBS, job, text(attempt - 1) .. ' ' .. item)
    redis.call('LPUSH', RETURNED, job)
  end
  redis.call('ZREM', LEASES, job)
  hasNews = true
end

-- ARGV  4 see above   5… the ids
-- Returns 1 for each lease that stood, 0 for each that did not.
local function apply(body)
  local answer = {}
  -- Those that go to the front are put there one by one: the last first, so that they keep their order.
  local first, last, step = 5, #ARGV, 1
  if body == change.release or body == change.undo then first, last, step = #ARGV, 5, -1 end
  for index = first, last, step do
    local job, wanted = ARGV[index]:match('^(%d+)%-(%d+)$')
    local attempt, item
    if job and redis.call('ZSCORE', LEASES, job) then attempt, item = read(job) end
    local stands = attempt and attempt == tonumber(wanted)
    if stands then body(job, attempt, item) end
    answer[index - 4] = stands and 1 or 0
  end
  return answer
end

-- ARGV  4 ms of delay   5 the item
local function push()
  if ARGV[4] == '0' then
    redis.call('RPUSH', LIST, ARGV[5])
  else
    local job = makeNumber()
    redis.call('HSET', JOBS, job, '0 ' .. ARGV[5])
    redis.call('ZADD', DELAYED, text(now + ARGV[4]), job)
  end
  hasNews = true
  return 1
end

-- Returns how many are waiting, leased, delayed, dead, and how many were ever done.
local function status()
  reap()
  return {
    waiting(), redis.call('ZCARD', LEASES), redis.call('ZCARD', DELAYED), redis.call('LLEN', DEAD),
    tonumber(redis.call('HGET', COUNTS, 'done') or 0),
  }
end

-- Before anything is changed.
local length = redis.pcall('LLEN', LIST)
if type(length) == 'table' and length.err then return length end

local operations = {lease = lease, push = push, status = status}
local answer = operations[ARGV[1]] and operations[ARGV[1]]() or apply(change[ARGV[1]])
if hasNews then redis.call('PUBLISH', ARGV[2], '') end
return answer

-- One wrk thread per connection: reserve-points, then finalize-points of the same order, and again.
-- `pairs_us` are the microseconds from the first request of each pair to its last answer.
local number, pairs_done, failed, finals = 0, 0, 0, 0
local card, order, reservation, began
local threads = {}

local ffi = require("ffi")
ffi.cdef [[
typedef struct { long seconds; long nanoseconds; } pairs_time;
int clock_gettime(int clock, pairs_time *time);
]]
local time = ffi.new("pairs_time")

-- Microseconds of CLOCK_MONOTONIC.
local function now()
  ffi.C.clock_gettime(1, time)
  return tonumber(time.seconds) * 1e6 + tonumber(time.nanoseconds) / 1e3
end

function setup(thread)
  thread:set("id", #threads)
  table.insert(threads, thread)
end

function init(args)
  cards, run = tonumber(args[1]), args[2]
  keys = {}
  for i = 3, #args do keys[#keys + 1] = args[i] end
  key = keys[id % #keys + 1]
  math.randomseed(id * 7919 + os.time())
  done_pairs, bad, times = 0, 0, {}
end

local function call(name, body, mark)
  return wrk.format("POST", "/api/pos-integration/till/" .. name, {
    ["Content-Type"] = "application/json", ["X-API-Key"] = key, ["Idempotency-Key"] = mark,
  }, body)
end

function request()
  if reservation then
    local body = string.format(
      '{"reservationId":"%s","guestCardId":"%s","orderId":"%s","checkAmount":1000,"action":"SPEND"}',
      reservation, card, order)
    return call("finalize-points", body, "f-" .. order)
  end
  number = number + 1
  began = now()
  card = string.format("bench-card-%07d", math.random(0, cards - 1))
  order = string.format("%s-%d-%d", run, id, number)
  local body = string.format(
    '{"guestCardId":"%s","orderId":"%s","pointsToSpend":10,"checkAmount":1000}', card, order)
  return call("reserve-points", body, "r-" .. order)
end

function response(status, headers, body)
  if status ~= 200 then
    bad = bad + 1
    reservation = nil
    if bad == 1 then io.stderr:write(status, " ", body, "\n") end
  elseif reservation then
    reservation, done_pairs = nil, done_pairs + 1
    times[done_pairs] = math.floor(now() - began)
  else
    reservation = string.match(body, '"reservationId":"([^"]+)"')
  end
end

function done(summary, latency, requests)
  local total, wrong, spent = 0, 0, {}
  for _, thread in ipairs(threads) do
    total = total + thread:get("done_pairs")
    wrong = wrong + thread:get("bad")
    for _, one in ipairs(thread:get("times")) do spent[#spent + 1] = one end
  end
  io.write(string.format(
    'RESULT {"pairs": %d, "wrong": %d, "seconds": %.3f, "p50_ms": %.3f, "p99_ms": %.3f, "max_ms": %.3f, "pairs_us": [%s]}\n',
    total, wrong, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3, table.concat(spent, ",")))
end

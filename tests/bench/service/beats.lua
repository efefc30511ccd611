-- Heartbeats of many tills, each from its own key; with a pause they come as often as tills send them.
local threads = {}

function setup(thread)
  thread:set("id", #threads)
  table.insert(threads, thread)
end

function init(args)
  tills, pause = tonumber(args[1]), tonumber(args[2])
  math.randomseed(id * 7919 + os.time())
  good, bad = 0, 0
end

function delay()
  return pause
end

function request()
  local key = string.format("tlk_bench_%07d", math.random(0, tills - 1))
  local body = '{"version":"1.0.0","osVersion":"Debian 12","metrics":{"queueSize":3,"cpuUsage":12.5,' ..
    '"memoryMb":180,"transactionsToday":412,"latencyP95":38}}'
  return wrk.format("POST", "/api/pos-integration/till/heartbeat",
    {["Content-Type"] = "application/json", ["X-API-Key"] = key}, body)
end

function response(status, headers, body)
  if status == 200 then good = good + 1 return end
  bad = bad + 1
  if bad == 1 then io.stderr:write(status, " ", body, "\n") end
end

function done(summary, latency, requests)
  local total, wrong = 0, 0
  for _, thread in ipairs(threads) do
    total = total + thread:get("good")
    wrong = wrong + thread:get("bad")
  end
  io.write(string.format('RESULT {"beats": %d, "wrong": %d, "seconds": %.3f, "p99_ms": %.3f}\n',
    total, wrong, summary.duration / 1e6, latency:percentile(99) / 1e3))
end

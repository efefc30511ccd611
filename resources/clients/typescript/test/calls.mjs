// Calls a real service with the built client: node calls.mjs <folder of the build> <url> <key>.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

const [folder, baseUrl, apiKey] = process.argv.slice(2);
const { LoyaltyClient, ProblemError } = await import(pathToFileURL(`${folder}/index.js`).href);
const client = new LoyaltyClient({ baseUrl, apiKey });

const guest = await client.post("/api/v1/guests", { body: { phone: "+7 999 555-00-41", firstName: "Нина" } });
const read = await client.get("/api/v1/guests/{guest_id}", { path: { guest_id: guest.id } });
assert.equal(read.firstName, "Нина");

const body = { guestId: guest.id, orderId: "ts-1", checkAmount: 1000.5 };
const earned = await client.post("/api/v1/loyalty/earn", { body, idempotencyKey: "ts-earn" });
const again = await client.post("/api/v1/loyalty/earn", { body, idempotencyKey: "ts-earn" });
assert.equal(again.transactionId, earned.transactionId);
assert.equal(again.alreadyProcessed, true);
const closed = await client.get("/api/v1/transactions", { query: { guestId: guest.id, limit: 10 } });
assert.equal(closed.pagination.total, 1);

await assert.rejects(
  client.get("/api/v1/guests/{guest_id}", { path: { guest_id: "no/body" } }),
  (error) => error instanceof ProblemError && error.status === 404,
);
await assert.rejects(
  client.post("/api/v1/guests", { body: { phone: "+7 999 555-00-41" } }),
  (error) => error.code === "DUPLICATE_PHONE" && !error.isPassing,
);

// A service that is busy twice and then answers: the same key each time, pauses as it asks.
const keys = [];
const pauses = [];
const answers = [
  new Response('{"errorCode":"RATE_LIMIT_EXCEEDED"}', { status: 429, headers: { "Retry-After": "7" } }),
  new Response("bad gateway", { status: 502 }),
];
const patient = new LoyaltyClient({
  baseUrl,
  apiKey,
  sleep: async (ms) => void pauses.push(ms),
  fetch: async (url, init) => {
    keys.push(init.headers["Idempotency-Key"]);
    return answers.shift() ?? fetch(url, init);
  },
});
const gift = await patient.post("/api/v1/gift-cards", { body: { amount: 300 } });
assert.equal(gift.giftCard.balance, 300);
assert.equal(keys.length, 3);
assert.equal(new Set(keys).size, 1);
assert.equal(pauses[0], 7000);
assert.ok(pauses[1] >= 800 && pauses[1] <= 1200);

const hopeless = new LoyaltyClient({
  baseUrl,
  apiKey,
  sleep: async () => undefined,
  fetch: async () => new Response("", { status: 503 }),
});
await assert.rejects(hopeless.get("/api/v1/guests"), (error) => error.status === 503 && error.isPassing);
console.log("ok");

// Not run: what the compiler must take, and what it must refuse.
import { LoyaltyClient, type Schemas } from "../src/index.js";

export async function calls(client: LoyaltyClient): Promise<void> {
  const guest: Schemas["GuestView"] = await client.get("/api/v1/guests/{guest_id}", { path: { guest_id: "g" } });
  const points: number = guest.card.totalBalance;
  await client.post("/api/v1/loyalty/earn", { body: { guestId: "g", orderId: "o", checkAmount: points } });
  await client.get("/api/v1/guests", { query: { limit: 10 } });
  await client.get("/api/v1/guests");

  // @ts-expect-error a check has an order
  await client.post("/api/v1/loyalty/earn", { body: { guestId: "g", checkAmount: 1 } });
  // @ts-expect-error the address needs a guest
  await client.get("/api/v1/guests/{guest_id}");
  // @ts-expect-error nobody deletes all guests
  await client.delete("/api/v1/guests");
  // @ts-expect-error an amount is a number
  await client.post("/api/v1/gift-cards", { body: { amount: "300" } });
}

/** People: who is in the photos. Off until a person switches it on. */

import { call } from "../lib/rpc.js";
import { group } from "./people/group.js";
import { groups } from "./people/groups.js";
import { loose } from "./people/loose.js";
import { off } from "./people/off.js";
import { said } from "./people/said.js";
import { same } from "./people/same.js";

export const title = "People";

const PARTS = { loose, said, same };

export async function show(main, route) {
  const [part] = route.parts;
  const status = await call("faces.status", {}, { signal: route.signal });
  const again = () => route.go(location.hash);
  if (!status.on) return void main.append(off(status, again));
  if (part in PARTS) return PARTS[part](main, route);
  if (part !== undefined) return group(main, route, /^\d+$/.test(part) ? Number(part) : part);
  return groups(main, route, status, again);
}

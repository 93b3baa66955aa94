import { readFileSync } from "node:fs";

type Stack = {
  base_url: string;
  mailbox_url: string;
  /** The payment provider: its API, its pages, and under /_emulator what time and bad luck do. */
  stripe_url: string;
  /** Where the names of the stack are kept: a form of name and value adds a TXT record. */
  dns_url: string;
  demo_password: string;
  operator: string;
  users: { email: string; role: "owner" | "admin" | "member" | "viewer" }[];
};

/** The running product: the file that `dev --ready-file` wrote, named by the environment variable STACK. */
export const stack: Stack = JSON.parse(readFileSync(process.env.STACK ?? fail(), "utf8"));

function fail(): never {
  throw new Error("set STACK to the ready file of a running stack, or run ./scripts/e2e");
}

export function userWith(role: Stack["users"][number]["role"]): string {
  const user = stack.users.find((candidate) => candidate.role === role);
  if (!user) throw new Error(`the stack has no demo user who is ${role}`);
  return user.email;
}

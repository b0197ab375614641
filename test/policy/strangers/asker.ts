import type { Answer, Call, Registry, Wish } from "../../setup/registry.ts";

/** Somebody who asks past the network and past the test's judge of answers: pages are asked for too, and thousands of requests. */
export type Asker = (call: Call) => Promise<Pick<Answer, "status" | "headers" | "text">>;

/** Somebody with a token. */
export async function askerOf(registry: Pick<Registry, "app" | "token">, { purpose, language, ...claims }: Wish): Promise<Asker> {
  const own = {
    authorization: `Bearer ${await registry.token(claims)}`,
    ...(purpose && { "access-purpose": purpose }),
    ...(language && { "accept-language": language }),
  };
  return async ({ method, path, body, headers }) => {
    const answer = await registry.app.inject({
      method: method as "GET",
      url: path,
      headers: { ...own, ...headers },
      ...(body !== undefined && { payload: body as object }),
    });
    return { status: answer.statusCode, headers: answer.headers as Record<string, string>, text: answer.body };
  };
}

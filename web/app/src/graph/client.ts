import { language } from '../words/words.svelte'
import type { Page } from './nouns'
import type { Operation } from './operations'

/** The server could not be reached: the same request may be sent again. */
export class Unreachable extends Error {}

/** The server answered that it will not or cannot; the message is in its words. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message)
  }
}

type Answer<Data> = { data?: Data | null; errors?: { message: string; extensions?: { code?: string } }[] }

/** ask sends one query or mutation. It throws Unreachable or Refused. */
export async function ask<Data, Variables>(
  token: string,
  query: Operation<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const answer = await post<Data>(token, query, variables)
  const error = answer.errors?.[0]
  if (error) throw new Refused(error.message, error.extensions?.code ?? 'INTERNAL')
  if (answer.data == null) throw new Refused('', 'INTERNAL')
  return answer.data
}

async function post<Data>(token: string, query: string, variables: unknown): Promise<Answer<Data>> {
  let response: Response
  try {
    response = await fetch('/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        'accept-language': language.tag,
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ query, variables }),
    })
  } catch (cause) {
    throw new Unreachable('', { cause })
  }
  try {
    return (await response.json()) as Answer<Data>
  } catch (cause) {
    // A proxy's error page, not the server's answer.
    if (response.status >= 500) throw new Unreachable('', { cause })
    throw new Refused('', response.status === 401 ? 'UNAUTHENTICATED' : 'INTERNAL')
  }
}

/** insist sends a wish that carries its request id again when the network fails: the server carries it out once. */
export async function insist<T>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send()
    } catch (error) {
      if (!(error instanceof Unreachable) || attempt === 3) throw error
      await new Promise((resolve) => setTimeout(resolve, attempt * 500))
    }
  }
}

/** everything follows a list to its end, a page at a time; `first` is at most 100. */
export async function everything<T>(first: number, page: (first: number, after: string | null) => Promise<Page<T>>) {
  const all: T[] = []
  let after: string | null = null
  do {
    const { nodes, pageInfo }: Page<T> = await page(first, after)
    all.push(...nodes)
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null
  } while (after)
  return all
}

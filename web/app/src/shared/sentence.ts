import { Refused, Unreachable } from '../graph/client'
import { language } from '../words/words.svelte'

/** sentence says an error in words: the server's own where it sent some. */
export function sentence(error: unknown): string {
  if (error instanceof Unreachable) return language.words.unreachable
  if (error instanceof Refused) {
    if (error.code === 'UNAUTHENTICATED') return language.words.signInAgain
    return error.message || language.words.fault
  }
  console.error(error)
  return language.words.fault
}

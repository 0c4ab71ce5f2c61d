import { insist } from '../graph/client'
import { sentence } from './sentence'

type Sent = { requestId: string; dryRun?: boolean }

type Refusal = { __typename: string; message: string }

/** A wish that is looked at before it is carried out: what the server says of it, first of a dry run, then of the deed. */
export class Proposal<Content extends object, Found extends { __typename: string }, Problem extends Refusal> {
  found: Found | null = $state.raw(null)
  problem: Problem | null = $state.raw(null)
  trouble = $state('')
  busy: 'preview' | 'confirm' | null = $state(null)

  #send: (input: Content & Sent) => Promise<Found | Problem>
  #asked = 0
  // One wish keeps one id however often the network makes us send it.
  #wish: { id: string; content: string } | null = null

  constructor(send: (input: Content & Sent) => Promise<Found | Problem>) {
    this.#send = send
  }

  #take(answer: Found | Problem): answer is Found {
    const refused = 'message' in answer
    this.found = refused ? null : answer
    this.problem = refused ? answer : null
    return !refused
  }

  /** look asks what the wish would do, and forgets what was asked before; null is no wish. */
  async look(content: Content | null) {
    const round = ++this.#asked
    this.found = null
    this.problem = null
    this.trouble = ''
    this.busy = content && 'preview'
    if (!content) return
    try {
      const answer = await this.#send({ ...content, requestId: crypto.randomUUID(), dryRun: true })
      if (round === this.#asked) this.#take(answer)
    } catch (error) {
      if (round === this.#asked) this.trouble = sentence(error)
    } finally {
      if (round === this.#asked) this.busy = null
    }
  }

  /** confirm carries the wish out, and answers what came of it; null where nothing did. */
  async confirm(content: Content): Promise<Found | null> {
    if (this.busy) return null
    const text = JSON.stringify(content)
    if (this.#wish?.content !== text) this.#wish = { id: crypto.randomUUID(), content: text }
    const requestId = this.#wish.id
    this.busy = 'confirm'
    this.trouble = ''
    try {
      const answer = await insist(() => this.#send({ ...content, requestId }))
      return this.#take(answer) ? answer : null
    } catch (error) {
      this.trouble = sentence(error)
      return null
    } finally {
      this.busy = null
    }
  }
}

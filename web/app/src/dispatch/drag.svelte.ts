import type { Visit } from '../graph/nouns'

type Held = { visit: Visit; from: string | null; label: string; colour: string }

const slack = 5

/**
 * A stop under way with the mouse from the list or the map to another rep. Touch scrolls instead: there one picks a
 * stop and chooses the rep in the dialog.
 */
class Drag {
  held: Held | null = $state.raw(null)
  x = $state(0)
  y = $state(0)
  /** The rep under the pointer who could take it. */
  over: string | null = $state(null)

  /** Set by the map: which rep lies at a point of the screen. */
  repOnMap: (x: number, y: number) => string | null = () => null
  /** Set by the page: a stop was let go on a rep. */
  dropped: (visit: Visit, rep: string) => void = () => {}

  /** A click that ends a drag is none. */
  justDragged = false

  begin(event: MouseEvent, held: Held) {
    if (event.button !== 0 || ('pointerType' in event && event.pointerType === 'touch')) return
    const from = { x: event.clientX, y: event.clientY }
    this.justDragged = false

    const move = (event: PointerEvent) => {
      if (!this.held && Math.hypot(event.clientX - from.x, event.clientY - from.y) < slack) return
      this.held = held
      this.x = event.clientX
      this.y = event.clientY
      const rep = this.#repAt(event.clientX, event.clientY)
      this.over = rep === held.from ? null : rep
    }
    const end = (drop: boolean) => {
      removeEventListener('pointermove', move)
      removeEventListener('pointerup', up)
      removeEventListener('pointercancel', cancel)
      removeEventListener('keydown', key, true)
      const rep = this.over
      this.justDragged = this.held !== null
      setTimeout(() => (this.justDragged = false))
      this.held = null
      this.over = null
      if (drop && rep) this.dropped(held.visit, rep)
    }
    const up = () => end(true)
    const cancel = () => end(false)
    const key = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return
      event.stopPropagation()
      end(false)
    }
    addEventListener('pointermove', move)
    addEventListener('pointerup', up)
    addEventListener('pointercancel', cancel)
    addEventListener('keydown', key, true)
  }

  #repAt(x: number, y: number): string | null {
    for (const element of document.elementsFromPoint(x, y)) {
      if (!(element instanceof HTMLElement)) continue
      if (element.dataset.rep) return element.dataset.rep
      if (element.closest('[data-map]')) return this.repOnMap(x, y)
    }
    return null
  }
}

export const drag = new Drag()

import { en } from './en'
import { ru } from './ru'

export type Tag = 'ru' | 'en'
export type Words = typeof en

const kept = 'hexbeat.language'

class Language {
  tag: Tag = $state(first())
  readonly words: Words = $derived(this.tag === 'ru' ? ru : en)

  choose(tag: Tag) {
    this.tag = tag
    localStorage.setItem(kept, tag)
    document.documentElement.lang = tag
  }
}

function first(): Tag {
  const stored = localStorage.getItem(kept)
  const tag = stored === 'ru' || stored === 'en' ? stored : navigator.language.startsWith('ru') ? 'ru' : 'en'
  document.documentElement.lang = tag
  return tag
}

export const language = new Language()

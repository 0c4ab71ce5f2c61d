import { language } from '../words/words.svelte'

/** time of day as the branch counts it: 14:05. */
export function time(moment: string, timeZone: string): string {
  return new Intl.DateTimeFormat(language.tag === 'ru' ? 'ru-RU' : 'en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  }).format(new Date(moment))
}

/** day and time where the day matters: 24 Nov, 18:00. */
export function dayAndTime(moment: string, timeZone: string): string {
  return new Intl.DateTimeFormat(language.tag === 'ru' ? 'ru-RU' : 'en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone,
  }).format(new Date(moment))
}

/** The last day of a window that ends at a moment: midnight belongs to the day before. */
export function lastDay(moment: string, timeZone: string): string {
  return new Intl.DateTimeFormat(language.tag === 'ru' ? 'ru-RU' : 'en-GB', {
    day: 'numeric',
    month: 'short',
    timeZone,
  }).format(new Date(new Date(moment).getTime() - 1))
}

/** by when: the day for a window that ends with it, else day and time. */
export function deadline(moment: string, timeZone: string): string {
  return time(moment, timeZone) === '00:00' ? lastDay(moment, timeZone) : dayAndTime(moment, timeZone)
}

/** stretch of minutes: 45 min, 3 h 20 min. */
export function stretch(minutes: number): string {
  const whole = Math.round(minutes)
  return whole < 60
    ? language.words.minutes(whole)
    : language.words.hours(Math.floor(whole / 60), whole % 60)
}

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(language.tag, { maximumFractionDigits: digits }).format(value)
}

export function signed(value: number): string {
  return new Intl.NumberFormat(language.tag, { maximumFractionDigits: 0, signDisplay: 'exceptZero' }).format(value)
}

export function signedPercent(ratio: number, digits = 0): string {
  return new Intl.NumberFormat(language.tag, {
    style: 'percent',
    signDisplay: 'exceptZero',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(ratio)
}

export function percent(ratio: number): string {
  return new Intl.NumberFormat(language.tag, { style: 'percent', maximumFractionDigits: 0 }).format(ratio)
}

/** The day that a moment belongs to somewhere: 2026-11-23. */
export function dateIn(moment: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone }).format(moment)
}

/** initials keeps the surname: Иванов И. П. */
export function initials(name: string): string {
  const [surname = '', ...others] = name.split(/\s+/)
  return [surname, ...others.map((other) => `${other[0]}.`)].join('\u00a0')
}

/** briefly keeps surname and name and shortens a patronymic to its letter: Иванов Иван И. */
export function briefly(name: string): string {
  return name.replace(/^(\S+ \S+) (\S)\S*$/, '$1 $2.')
}

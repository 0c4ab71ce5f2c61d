/** briefly keeps surname and name and shortens a patronymic to its letter: Иванов Иван И. */
export function briefly(name: string): string {
  return name.replace(/^(\S+ \S+) (\S)\S*$/, '$1 $2.')
}

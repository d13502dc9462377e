import { element } from './elements.js'

/**
 * Shows any JSON value for people: objects as names with values, arrays as numbered lists, web addresses as links.
 * @param {unknown} value
 * @returns {HTMLElement}
 */
export function valueElement(value) {
  if (Array.isArray(value)) {
    if (value.length === 0) return element('p', { class: 'value empty' }, 'none')
    return element('ol', { class: 'value' }, ...value.map((item) => element('li', {}, valueElement(item))))
  }
  if (typeof value === 'object' && value !== null) {
    const rows = Object.entries(value).flatMap(([name, held]) => {
      const style = typeof held === 'object' && held !== null ? { class: 'nested' } : {}
      return [element('dt', style, name), element('dd', style, valueElement(held))]
    })
    return element('dl', { class: 'value' }, ...rows)
  }
  if (value === '') return element('p', { class: 'value empty' }, 'empty')
  const text = String(value)
  return element('p', { class: 'value' }, isWebAddress(text) ? linkTo(text) : text)
}

/** @param {string} text */
const isWebAddress = (text) => /^https?:\/\/\S+$/.test(text) && URL.canParse(text)

/** @param {string} href */
const linkTo = (href) => element('a', { href, target: '_blank', rel: 'noopener noreferrer' }, href)

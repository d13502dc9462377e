// cspell:disable -- prose-ok: other scripts and misspelt words
import type { NewDocument } from '../../src/documents/document.ts'

const document = (id: string, title: string, text: string, tags: readonly string[] = []): NewDocument => ({
  id,
  title,
  text,
  tags,
  source: `${id}.md`,
})

/** Notes as people write them, beside the documents of this project. */
export const corpus: readonly NewDocument[] = [
  // Names that are glued from words.
  document('names.runtime', 'Upgrade the runtime', 'All services moved to Node.js 22 in spring.'),
  document(
    'names.path',
    'Where the parser lives',
    'The entry point is src/numbat/dugong.ts, next to its tests.',
  ),
  document('names.call', 'Mapping over results', 'Prefer `potoroo.map(x => x.bettong)` to a loop.'),
  document('names.package', 'Internal packages', 'Import helpers from `@cassowary/core`, never by path.'),
  document('names.release', 'Release notes of March', 'Version v2.14.3 fixes the leak in the worker pool.'),
  document('names.release-other', 'Release notes of May', 'Version v2.15.0 has 14 fixes in 3 modules.'),
  document(
    'names.gateway',
    'Where the gateway is configured',
    'Edit deploy/gateway/nginx.conf and reload it.',
  ),
  document('names.variable', 'Home folder of the tool', 'It is read from process.env.DINGO_HOME at start.'),
  document(
    'names.mail',
    'Contact of the team',
    'Write to oncall@quokka.example or see https://status.wombat.example/incidents/bilby?tab=open.',
  ),
  document('names.camel', 'Retries of the client', 'Call `createRetryBudget({ tokensPerSecond })` once.'),
  document('names.constant', 'Limits', 'MAX_UPLOAD_KILOBYTES bounds what a caller may send.'),
  document('names.product', 'Choice of language', 'We write TypeScript and compile to JavaScript.'),
  document('names.digest', 'Checksums', 'Compare the SHA256 sum before you unpack it.'),
  // Numbers.
  document('numbers.code', 'Errors of the protocol', 'An internal error has the code -32603.'),
  document('numbers.other-code', 'Invalid arguments', 'Invalid params have the code -32602.'),
  document('numbers.date', 'Outage of the mail relay', 'On 2026-03-14 the relay lost its certificate.'),
  document('numbers.address', 'Allow list', 'The probe comes from 192.0.2.44 only.'),
  document('numbers.port', 'Ports', 'The admin page listens on :9464.'),
  // Scripts without spaces, or with particles.
  document('scripts.chinese', '升级说明', '升级之前请先备份数据库，然后重新启动服务器。'),
  document('scripts.chinese-title', '缓存失效策略', '键在写入之后过期。'),
  document('scripts.japanese', '障害対応', 'サーバーへの接続が切れたときは、ログを確認してください。'),
  document('scripts.japanese-kana', 'バックアップの手順', 'データベースを毎晩コピーします。'),
  document('scripts.thai', 'คู่มือการติดตั้ง', 'ตรวจสอบว่าฐานข้อมูลทำงานก่อนเริ่มเซิร์ฟเวอร์'),
  document('scripts.korean', '장애 대응', '데이터베이스를 다시 시작하고 로그에서 오류를 찾습니다.'),
  document('scripts.mixed', '監視', 'PostgreSQLの設定を変更したら再起動する。'),
  // Accents, composition, width, case.
  document('letters.french', 'Mise à jour', 'La base de donne\u0301es est sauvegarde\u0301e a\u0300 minuit.'),
  document('letters.german', 'Straßenverzeichnis', 'Die Größe der Tabelle verdoppelt sich jährlich.'),
  document('letters.full-width', 'Ｗｉｄｅ　ｌｅｔｔｅｒｓ', 'ＱＵＯＴＡ of the ｔｅｎａｎｔ.'),
  document('letters.half-width', 'Narrow letters', 'ﾊﾞｯｸｱｯﾌﾟ of the ledger.'),
  document('letters.russian', 'ОТЛАДКА СЕРВЕРА', 'ЖУРНАЛ ошибок находится в каталоге var.'),
  document('letters.greek', 'ΟΔΗΓΟΣ', 'Ο διακομιστής επανεκκινείται αυτόματα.'),
  document('letters.hindi', 'सर्वर गाइड', 'डेटाबेस कनेक्शन टूटने पर सेवा पुनः आरंभ करें।'),
  document('letters.polish', 'Łącze zapasowe', 'Przełącz ruch na łącze zapasowe w Łodzi.'),
  // Words beside what is no word.
  document('typos.queue', 'Backlog of the dispatcher', 'The consumer acknowledges messages late.'),
  document('typos.kangaroo', 'Names of clusters', 'Production runs on kangaroo, staging on platypus.'),
  document(
    'typos.junk',
    'Fixtures',
    `![dot](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkkangaroxDwADhQGAWjR9awAAAABJRU5ErkJggg==)\n
3f2504e0-4f89-11d3-9a0c-0305e82c3301 da39a3ee5e6b4b0d3255bfef95601890afd80709`,
  ),
  // Order.
  document('order.title', 'Rollback', 'Use the previous image.'),
  document(
    'order.text',
    'Weekly notes',
    'Rollback was discussed. A rollback needs approval; each rollback is announced.',
  ),
  document(
    'order.phrase',
    'Notes on failures',
    `${'More about other things. '.repeat(20)} The dead letter queue fills up.`,
  ),
  document(
    'order.scattered',
    'More notes',
    'A letter to dead customers. The queue. Letter by letter, dead ends, queue after queue.',
  ),
  document('order.disk', 'DiskPressure', 'The node evicts pods.', ['runbook', 'disk']),
  document(
    'order.example',
    'Try the search',
    'Try `search "disk pressure"` and see the disk pressure page. Disk pressure again.',
  ),
  document('order.who', 'The Who', 'A band that a sample data set mentions.'),
  document('order.soliloquy', 'Sample of prose', 'It quotes "to be or not to be" as a test of tokenizers.'),
  document(
    'order.markdown',
    'Table of limits',
    '---\ntags: [x]\n---\n## Limits\n\n| name | value |\n|---|---|\n| `burst` | **wallaby** |\n\n```sh\nnpm run limits\n```\n',
  ),
]

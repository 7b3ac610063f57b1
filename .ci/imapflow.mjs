// What a program on Node does with a mailbox, by way of imapflow: `node imapflow.mjs PORT USER PASSWORD`, with the
// environment variable POSTRIDER_NODE_MODULES for where imapflow is. It ends with status 0 when all was as it must be.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const { ImapFlow } = createRequire(process.env.POSTRIDER_NODE_MODULES + '/x')('imapflow');
const [port, user, pass] = process.argv.slice(2);
const open = () =>
  new ImapFlow({ host: '127.0.0.1', port, secure: true, auth: { user, pass }, tls: { rejectUnauthorized: false }, logger: false });

const letter = (subject) =>
  `From: ${user}\r\nTo: ${user}\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@imapflow.example>\r\nMIME-Version: 1.0\r\n` +
  'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n' +
  'Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe\r\n--b\r\nContent-Type: application/octet-stream\r\n' +
  `Content-Disposition: attachment; filename=x.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.alloc(90000, 7).toString('base64')}\r\n--b--\r\n`;

const collect = async (stream) => {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const client = open();
const watcher = open();
await client.connect();
await watcher.connect();
for (const name of ['IDLE', 'CONDSTORE', 'MOVE', 'UIDPLUS', 'SPECIAL-USE', 'OBJECTID']) {
  assert.ok(client.capabilities.has(name), `no ${name}`);
}
const folders = await client.list({ statusQuery: { messages: true, unseen: true } });
assert.ok(folders.some((f) => f.path === 'INBOX' && f.status.messages >= 0));
assert.ok(folders.some((f) => f.specialUse === '\\Sent'));

// a folder with a name beyond ASCII, watched by another session in IDLE
const path = 'Flow/Entwürfe';
assert.equal((await client.mailboxCreate(path)).created, true);
assert.equal((await client.mailboxCreate(path)).created, false);
await watcher.mailboxOpen(path);
const heard = [];
const news = new Promise((resolve) => {
  const look = (kind) => (event) => {
    heard.push(kind);
    if (['exists', 'flags', 'expunge'].every((k) => heard.includes(k))) resolve();
  };
  for (const kind of ['exists', 'flags', 'expunge']) watcher.on(kind, look(kind));
});
const watching = watcher.idle();

for (const subject of ['one', 'two', 'three']) {
  const added = await client.append(path, letter(subject), ['\\Draft', '$Label1'], new Date('2024-02-03T04:05:06Z'));
  assert.ok(added.uid > 0 && added.uidValidity > 0n);
}
const lock = await client.getMailboxLock(path);
try {
  assert.equal(client.mailbox.exists, 3);
  const all = await client.fetchAll('1:*', { uid: true, flags: true, envelope: true, bodyStructure: true, internalDate: true, size: true, threadId: true });
  assert.deepEqual(all.map((m) => m.envelope.subject), ['one', 'two', 'three']);
  assert.ok(all.every((m) => m.flags.has('\\Draft') && m.flags.has('$Label1') && m.emailId && m.threadId));
  assert.equal(all[0].internalDate.toISOString(), '2024-02-03T04:05:06.000Z');
  assert.deepEqual(all[0].bodyStructure.childNodes.map((n) => n.type), ['text/plain', 'application/octet-stream']);
  assert.equal(all[0].bodyStructure.childNodes[1].dispositionParameters.filename, 'x.bin');
  assert.equal((await collect((await client.download('1', '1')).content)).toString(), 'Grüße');
  assert.equal((await collect((await client.download('1', '2', { chunkSize: 65536 })).content)).compare(Buffer.alloc(90000, 7)), 0);
  assert.equal((await collect((await client.download('2')).content)).toString(), letter('two'));
  assert.deepEqual(await client.search({ body: 'Grüße', header: { 'message-id': 'two@imapflow' } }, { uid: true }), [all[1].uid]);
  const before = client.mailbox.highestModseq;
  await client.messageFlagsAdd({ uid: all[1].uid }, ['\\Seen', '\\Flagged'], { uid: true });
  const changed = await client.fetchAll('1:*', { flags: true, uid: true }, { changedSince: before });
  assert.deepEqual(changed.map((m) => m.uid), [all[1].uid]);
  const moved = await client.messageMove([all[0].uid], 'Archive', { uid: true });
  assert.equal(moved.uidMap.size, 1);
  await client.messageDelete('1:*');
} finally {
  lock.release();
}
await Promise.race([news, new Promise((_, reject) => setTimeout(() => reject(new Error(`heard only ${heard}`)), 20000).unref())]);
await watcher.mailboxClose();
await watching;
assert.equal((await client.status(path, { messages: true })).messages, 0);
const quota = await client.getQuota('INBOX');
assert.ok(quota === false || quota.storage || quota.path);
await client.mailboxRename('Flow', 'Flowed');
assert.ok((await client.list()).some((f) => f.path === 'Flowed/Entwürfe'));
await client.mailboxDelete('Flowed/Entwürfe');
await client.mailboxDelete('Flowed');
const archive = await client.getMailboxLock('Archive');
try {
  assert.equal((await client.search({ subject: 'one', keyword: '$Label1' })).length, 1);
} finally {
  archive.release();
}
await watcher.logout();
await client.logout();
console.log('imapflow: done');

// SPDX-License-Identifier: BSD-3-Clause
// graphene-pk11 on the tokens of make-token: Node's own OpenSSL verifies what it signs and encrypts
// what it decrypts. Usage: graphene.js MODULE FOLDER, which token.sh makes.
'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { createRequire } = require('node:module');

// the packages are where the build is, not beside this file
const graphene = createRequire(path.join(process.cwd(), 'package.json'))('graphene-pk11');
const { MechanismEnum: Mechanism, ObjectClass } = graphene;

const CKA_PUBLIC_KEY_INFO = 0x129; // graphene has no name for it
const [, , modulePath, folder] = process.argv;
const data = fs.readFileSync(path.join(folder, 'data'));
const module_ = graphene.Module.load(modulePath, 'MaiNet');
let count = 0;

function ok(condition, sentence, seen) {
    count += 1;
    console.log(`${condition ? 'ok' : 'not ok'} ${count} - ${sentence}`);
    if (!condition && seen !== undefined)
        console.log(String(seen).replace(/^/gm, '# '));
}

function publicKeyOf(name) {
    return crypto.createPublicKey(fs.readFileSync(path.join(folder, `${name}.pub`)));
}

function slotOf(label) {
    return [...module_.getSlots(true)].find((slot) => slot.getToken().label.trim() === label);
}

function find(session, kind, label) {
    const found = session.find({ class: kind, label });

    if (found.length !== 1)
        throw new Error(`${found.length} objects of class ${kind} have the label ${label}`);
    return found.items(0).toType();
}

function openLoggedIn() {
    const session = slotOf('MaiNet').open(
        graphene.SessionFlag.RW_SESSION | graphene.SessionFlag.SERIAL_SESSION);

    session.login('1234-pin');
    return session;
}

const pssOf = (hash, mgf, saltLength) => ({
    name: `${hash}_RSA_PKCS_PSS`,
    params: new graphene.RsaPssParams(Mechanism[hash], mgf, saltLength),
});
const raw = (key) => ({ key, dsaEncoding: 'ieee-p1363' });
const signatures = [
    ['rsa', 'SHA256_RSA_PKCS', 'sha256', (key) => key],
    ['rsa', pssOf('SHA256', graphene.RsaMgf.MGF1_SHA256, 32), 'sha256',
        (key) => ({ key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })],
    ['rsa', pssOf('SHA512', graphene.RsaMgf.MGF1_SHA512, 64), 'sha512',
        (key) => ({ key, padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 })],
    ['ec', 'ECDSA_SHA256', 'sha256', raw],
    ['ec', 'ECDSA_SHA512', 'sha512', raw],
];

function trySign(session) {
    for (const [label, mechanism, hash, keyOf] of signatures) {
        const key = find(session, ObjectClass.PRIVATE_KEY, label);
        const verifies = (signature) =>
            crypto.verify(hash, data, keyOf(publicKeyOf(label)), signature);
        const name = `${mechanism.name ?? mechanism} with ${label}`;

        ok(verifies(session.createSign(mechanism, key).once(data)), `Node verifies ${name}`);
        const inParts = session.createSign(mechanism, key);
        inParts.update(data.subarray(0, 100));
        inParts.update(data.subarray(100));
        ok(verifies(inParts.final()), 'and in two parts');
    }
}

// What Node signs, and not what it did not.
function tryVerify(session) {
    const pair = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { n, e } = pair.publicKey.export({ format: 'jwk' });
    const key = session.create({
        class: ObjectClass.PUBLIC_KEY, keyType: graphene.KeyType.RSA, token: false, verify: true,
        modulus: Buffer.from(n, 'base64url'), publicExponent: Buffer.from(e, 'base64url'),
    }).toType();
    const signature = crypto.sign('sha256', data, pair.privateKey);
    const verify = (what) => session.createVerify('SHA256_RSA_PKCS', key).once(what, signature);

    ok(verify(data), 'graphene verifies what Node signed with a key of its own');
    ok(!verify(Buffer.concat([data, data])), 'and nothing else');
}

// Threads of Node's pool sign at the same time, each with a session. What they read and write is
// held here: graphene gives them a copy that nobody holds, which may be collected meanwhile.
async function tryConcurrently() {
    const sessions = Array.from({ length: 8 }, () => slotOf('MaiNet').open());
    const rooms = sessions.map(() => Buffer.alloc(256));
    const made = await Promise.all(sessions.map((session, index) => new Promise(
        (resolve, reject) => {
            const key = find(session, ObjectClass.PRIVATE_KEY, 'rsa');

            session.lib.C_SignInit(session.handle, { mechanism: Mechanism.SHA256_RSA_PKCS },
                key.handle);
            session.lib.C_Sign(session.handle, data, rooms[index],
                (error, signature) => (error ? reject(error) : resolve(signature)));
        })));

    ok(made.length === 8
        && made.every((each) => crypto.verify('sha256', data, publicKeyOf('rsa'), each)),
    'eight signatures at the same time verify');
    sessions.forEach((session) => session.close());
}

function tryDecrypt(session) {
    const secret = data.subarray(0, 32);
    const encrypted = crypto.publicEncrypt({ key: publicKeyOf('rsa'), oaepHash: 'sha256' }, secret);
    const mechanism = {
        name: 'RSA_PKCS_OAEP',
        params: new graphene.RsaOaepParams(Mechanism.SHA256, graphene.RsaMgf.MGF1_SHA256),
    };
    const key = find(session, ObjectClass.PRIVATE_KEY, 'rsa');
    const plain = session.createDecipher(mechanism, key).once(encrypted, Buffer.alloc(256));

    ok(plain.equals(secret), 'graphene decrypts what Node encrypted', plain.toString('hex'));
}

function tryObjects(session) {
    const der = new crypto.X509Certificate(fs.readFileSync(path.join(folder, 'ec.pem'))).raw;
    const read = find(session, ObjectClass.CERTIFICATE, 'ec').getAttribute({ value: null }).value;
    const written = session.create({
        class: ObjectClass.DATA, token: true, private: true, label: 'note',
        application: 'graphene', value: Buffer.from([0, 1, 2]),
    });

    ok(read.equals(der), 'graphene reads the certificate');
    written.setAttribute({ label: 'renamed' });
    ok(find(session, ObjectClass.DATA, 'renamed').getAttribute({ value: null }).value
        .equals(Buffer.from([0, 1, 2])), 'graphene writes data and gives it another label');
    ok(session.find({ class: ObjectClass.DATA, label: 'note' }).length === 0,
        'and it has no longer the old one');
    written.destroy();
    ok(session.find({ class: ObjectClass.DATA }).length === 0, 'and deletes it');
}

// The pair signs, and agrees with Node's on a secret.
function tryGenerate(session) {
    const { oid, value: paramsEC } = graphene.NamedCurve.getByName('secp256r1');
    const names = { token: false, label: 'made', id: Buffer.from([7]) };
    const pair = session.generateKeyPair('ECDSA_KEY_PAIR_GEN',
        { ...names, keyType: graphene.KeyType.EC, paramsEC, verify: true },
        { ...names, keyType: graphene.KeyType.EC, private: true, sign: true, derive: true });
    const spki = pair.publicKey.getAttribute(CKA_PUBLIC_KEY_INFO);
    const theirs = crypto.createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const node = crypto.createECDH('prime256v1');
    const secret = session.deriveKey(
        { name: 'ECDH1_DERIVE',
            params: new graphene.EcdhParams(graphene.EcKdf.NULL, null, node.generateKeys()) },
        pair.privateKey,
        { class: ObjectClass.SECRET_KEY, keyType: graphene.KeyType.GENERIC_SECRET, token: false,
            sensitive: false, extractable: true });
    const jwk = theirs.export({ format: 'jwk' });
    const point = Buffer.concat([Buffer.from([4]), Buffer.from(jwk.x, 'base64url'),
        Buffer.from(jwk.y, 'base64url')]);

    ok(crypto.verify('sha256', data, raw(theirs),
        session.createSign('ECDSA_SHA256', pair.privateKey).once(data)),
    `a pair made by graphene on ${oid} signs`);
    ok(secret.getAttribute({ value: null }).value.equals(node.computeSecret(point)),
        'and agrees with Node on a secret');
}

// The key of somebody's comes out as it went in.
function tryWrap(session) {
    const aes = session.generateKey('AES_KEY_GEN',
        { class: ObjectClass.SECRET_KEY, keyType: graphene.KeyType.AES, valueLen: 32, token: false,
            wrap: true, unwrap: true, sensitive: false, extractable: true });
    const theirs = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const pkcs8 = theirs.export({ format: 'der', type: 'pkcs8' });
    const cipher = crypto.createCipheriv('id-aes256-wrap-pad',
        aes.getAttribute({ value: null }).value, Buffer.from('a65959a6', 'hex'));
    const key = session.unwrapKey('AES_KEY_WRAP_PAD', aes,
        Buffer.concat([cipher.update(pkcs8), cipher.final()]),
        { class: ObjectClass.PRIVATE_KEY, keyType: graphene.KeyType.RSA, token: false,
            private: true, sign: true, sensitive: true, extractable: true });

    ok(crypto.verify('sha256', data, crypto.createPublicKey(theirs),
        session.createSign('SHA256_RSA_PKCS', key).once(data)),
    'a key that Node wrapped signs here');
    const wrapped = session.wrapKey('AES_KEY_WRAP_PAD', aes, key);
    const decipher = crypto.createDecipheriv('id-aes256-wrap-pad',
        aes.getAttribute({ value: null }).value, Buffer.from('a65959a6', 'hex'));
    const again = Buffer.concat([decipher.update(wrapped), decipher.final()]);

    ok(crypto.createPrivateKey({ key: again, format: 'der', type: 'pkcs8' }).equals(theirs),
        'and Node unwraps it again');
}

function refuses(sentence, code, call) {
    try {
        call();
        ok(false, sentence, 'nothing was thrown');
    } catch (error) {
        ok(String(error.message).includes(code), sentence, error.message);
    }
}

async function main() {
    module_.initialize();
    refuses('a wrong PIN is called one', 'CKR_PIN_INCORRECT',
        () => slotOf('MaiNet').open().login('wrong-pin'));
    const session = openLoggedIn();

    for (const attempt of [trySign, tryVerify, tryConcurrently, tryDecrypt, tryObjects, tryGenerate,
        tryWrap]) {
        try {
            await attempt(session);
        } catch (error) {
            ok(false, attempt.name, error.stack);
        }
    }
    session.logout();
    ok(session.find({ class: ObjectClass.PRIVATE_KEY }).length === 0,
        'after logout there is no private key');
    module_.finalize();
    module_.initialize();
    ok(slotOf('MaiNet') !== undefined, 'the module is initialized again');
    console.log(`1..${count}`);
    // without finalize, as programs end
}

main();

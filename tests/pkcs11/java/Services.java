// SPDX-License-Identifier: BSD-3-Clause
// Services CONFIGURATION: uses all that SunPKCS11 makes of the mechanisms that the module lists.
// What one provider does another undoes. Prints one line a service, "good" or what went wrong.

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Comparator;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.SecretKeySpec;

public class Services {
    private static final byte[] DATA = new byte[1000];
    private static Provider ours;
    private static KeyPair rsa, ec;

    private static void must(boolean holds, String what) {
        if (!holds)
            throw new IllegalStateException(what);
    }

    private static KeyPair pair(String algorithm, AlgorithmParameterSpec spec, Provider by)
            throws Exception {
        KeyPairGenerator generator = by == null ? KeyPairGenerator.getInstance(algorithm)
                                                : KeyPairGenerator.getInstance(algorithm, by);
        if (spec == null)
            generator.initialize(2048);
        else
            generator.initialize(spec);
        return generator.generateKeyPair();
    }

    private static byte[] sign(Signature signature, PrivateKey key, byte[] data) throws Exception {
        signature.initSign(key);
        signature.update(data, 0, data.length / 2);
        signature.update(data, data.length / 2, data.length - data.length / 2);
        return signature.sign();
    }

    private static boolean verify(Signature signature, PublicKey key, byte[] data, byte[] seal)
            throws Exception {
        signature.initVerify(key);
        signature.update(data);
        return signature.verify(seal);
    }

    /** What is signed as it is given, others know as a cipher. */
    private static void tryBareSignature(String algorithm) throws Exception {
        Signature here = Signature.getInstance(algorithm, ours);
        Cipher there = Cipher.getInstance("RSA/ECB/PKCS1Padding", "SunJCE");
        byte[] data = Arrays.copyOf(DATA, 32);
        byte[] seal = sign(here, rsa.getPrivate(), data);

        there.init(Cipher.DECRYPT_MODE, rsa.getPublic());
        must(Arrays.equals(there.doFinal(seal), data), "not verified there");
        there.init(Cipher.ENCRYPT_MODE, rsa.getPrivate());
        must(verify(here, rsa.getPublic(), data, there.doFinal(data)), "not verified here");
        data[0] ^= 1;
        must(!verify(here, rsa.getPublic(), data, seal), "verified another text");
    }

    private static void trySignature(String algorithm) throws Exception {
        KeyPair keys = algorithm.contains("ECDSA") ? ec : rsa;
        Provider other = Security.getProvider(keys == ec ? "SunEC" : "SunRsaSign");
        byte[] data = algorithm.startsWith("NONE") || algorithm.startsWith("Raw")
                ? Arrays.copyOf(DATA, 32) : DATA;
        boolean isPss = algorithm.endsWith("RSASSA-PSS");
        Signature here = Signature.getInstance(algorithm, ours);
        Signature there = Signature.getInstance(isPss ? "RSASSA-PSS" : algorithm, other);

        if (isPss) {
            int at = algorithm.indexOf("with");
            String digest = at < 0 ? "SHA-384"
                                   : algorithm.substring(0, at).replaceFirst("^SHA(?!3-)", "SHA-");
            PSSParameterSpec spec = new PSSParameterSpec(digest, "MGF1",
                                                         new MGF1ParameterSpec(digest), 20, 1);
            here.setParameter(spec);
            there.setParameter(spec);
        }
        byte[] seal = sign(here, keys.getPrivate(), data);
        must(verify(there, keys.getPublic(), data, seal), "not verified there");
        must(verify(here, keys.getPublic(), data, sign(there, keys.getPrivate(), data)),
             "not verified here");
        data[0] ^= 1;
        must(!verify(here, keys.getPublic(), data, seal), "verified another text");
    }

    private static void tryKeyFactory(String algorithm) throws Exception {
        KeyPair keys = algorithm.equals("RSA") ? rsa : ec;
        KeyFactory factory = KeyFactory.getInstance(algorithm, ours);
        Key copy = factory.translateKey(keys.getPublic());

        must(Arrays.equals(copy.getEncoded(), keys.getPublic().getEncoded()), "another public key");
        copy = factory.generatePublic(new X509EncodedKeySpec(keys.getPublic().getEncoded()));
        must(copy.equals(keys.getPublic()), "another public key of its encoding");
        copy = factory.generatePrivate(new PKCS8EncodedKeySpec(keys.getPrivate().getEncoded()));
        must(copy.getAlgorithm().equals(algorithm), "another algorithm");
        Signature signature = Signature.getInstance(
                algorithm.equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA", ours);
        must(verify(Signature.getInstance(signature.getAlgorithm()), keys.getPublic(), DATA,
                    sign(signature, (PrivateKey) copy, DATA)), "another private key");
    }

    private static void tryKeyPairGenerator(String algorithm) throws Exception {
        AlgorithmParameterSpec[] specs = algorithm.equals("RSA")
                ? new AlgorithmParameterSpec[] {null}
                : new AlgorithmParameterSpec[] {new ECGenParameterSpec("secp256r1"),
                        new ECGenParameterSpec("secp384r1"), new ECGenParameterSpec("secp521r1")};
        String signing = algorithm.equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";

        for (AlgorithmParameterSpec spec : specs) {
            KeyPair made = pair(algorithm, spec, ours);
            must(verify(Signature.getInstance(signing), made.getPublic(), DATA,
                        sign(Signature.getInstance(signing, ours), made.getPrivate(), DATA)),
                 "does not sign");
        }
    }

    private static void tryCipher(String name) throws Exception {
        boolean isRaw = name.endsWith("NoPadding");
        Cipher here = Cipher.getInstance(name, ours);
        Cipher there = Cipher.getInstance(name, "SunJCE");
        byte[] text = Arrays.copyOf(DATA, isRaw ? 256 : 100);

        must(name.startsWith("RSA"), "nobody here knows how to try it");
        if (isRaw)
            text[0] = 0;
        here.init(Cipher.ENCRYPT_MODE, rsa.getPublic());
        there.init(Cipher.DECRYPT_MODE, rsa.getPrivate());
        must(Arrays.equals(there.doFinal(here.doFinal(text)), text), "not decrypted there");
        there.init(Cipher.ENCRYPT_MODE, rsa.getPublic());
        here.init(Cipher.DECRYPT_MODE, rsa.getPrivate());
        must(Arrays.equals(here.doFinal(there.doFinal(text)), text), "not decrypted here");
        if (isRaw)
            return;
        SecretKey key = new SecretKeySpec(text, 0, 32, "AES");
        here.init(Cipher.WRAP_MODE, rsa.getPublic());
        there.init(Cipher.UNWRAP_MODE, rsa.getPrivate());
        must(there.unwrap(here.wrap(key), "AES", Cipher.SECRET_KEY).equals(key),
             "not unwrapped there");
        there.init(Cipher.WRAP_MODE, rsa.getPublic());
        here.init(Cipher.UNWRAP_MODE, rsa.getPrivate());
        Key back = here.unwrap(there.wrap(key), "AES", Cipher.SECRET_KEY);
        must(Arrays.equals(back.getEncoded(), key.getEncoded()), "not unwrapped here");
    }

    private static byte[] agree(KeyAgreement agreement, PrivateKey mine, PublicKey theirs)
            throws Exception {
        agreement.init(mine);
        agreement.doPhase(theirs, true);
        return agreement.generateSecret();
    }

    private static void tryKeyAgreement(String algorithm) throws Exception {
        ECParameterSpec curve = ((java.security.interfaces.ECPublicKey) ec.getPublic()).getParams();
        KeyPair peer = pair("EC", curve, Security.getProvider("SunEC"));
        KeyPair made = pair("EC", curve, ours);
        KeyAgreement here = KeyAgreement.getInstance(algorithm, ours);
        KeyAgreement there = KeyAgreement.getInstance(algorithm, "SunEC");

        must(Arrays.equals(agree(here, made.getPrivate(), peer.getPublic()),
                           agree(there, peer.getPrivate(), made.getPublic())), "no agreement");
        here.init(ec.getPrivate());
        here.doPhase(peer.getPublic(), true);
        must(Arrays.equals(here.generateSecret("TlsPremasterSecret").getEncoded(),
                           agree(there, peer.getPrivate(), ec.getPublic())),
             "no agreement on a key");
    }

    private static void tryKeyGenerator(String algorithm) throws Exception {
        KeyGenerator generator = KeyGenerator.getInstance(algorithm, ours);
        int[] sizes = switch (algorithm) {
            case "DES" -> new int[] {64};
            case "DESede" -> new int[] {128, 192};
            default -> new int[] {128, 192, 256};
        };

        for (int bits : sizes) {
            generator.init(bits);
            byte[] value = generator.generateKey().getEncoded();
            must(value.length == bits / 8, "another length");
            must(!Arrays.equals(value, generator.generateKey().getEncoded()), "twice the same");
        }
    }

    private static void trySecretKeyFactory(String algorithm) throws Exception {
        SecretKey key = new SecretKeySpec(DATA, 0, algorithm.equals("DESede") ? 24 : 16, algorithm);
        SecretKey copy = SecretKeyFactory.getInstance(algorithm, ours).translateKey(key);

        must(Arrays.equals(copy.getEncoded(), key.getEncoded()), "another key");
    }

    private static void tryParameters(String algorithm) throws Exception {
        AlgorithmParameters parameters = AlgorithmParameters.getInstance(algorithm, ours);
        parameters.init(new ECGenParameterSpec("secp256r1"));
        must(parameters.getParameterSpec(ECGenParameterSpec.class).getName() != null, "no name");
    }

    private static void tryRandom(String algorithm) throws Exception {
        SecureRandom random = SecureRandom.getInstance(algorithm, ours);
        random.setSeed(DATA);
        must(!new BigInteger(256, random).equals(new BigInteger(256, random)), "twice the same");
    }

    private static void tryService(Provider.Service service) throws Exception {
        String name = service.getAlgorithm();

        switch (service.getType()) {
        case "Signature" -> {
            if (name.equals("NONEwithRSA"))
                tryBareSignature(name);
            else
                trySignature(name);
        }
        case "KeyFactory" -> tryKeyFactory(name);
        case "KeyPairGenerator" -> tryKeyPairGenerator(name);
        case "Cipher" -> tryCipher(name);
        case "KeyAgreement" -> tryKeyAgreement(name);
        case "KeyGenerator" -> tryKeyGenerator(name);
        case "SecretKeyFactory" -> trySecretKeyFactory(name);
        case "AlgorithmParameters" -> tryParameters(name);
        case "SecureRandom" -> tryRandom(name);
        case "KeyStore" -> must(KeyStore.getInstance(name, ours) != null, "none");
        default -> throw new IllegalStateException("nobody here knows how to try it");
        }
    }

    /** JDK 17 offers PSS with SHA-3 where a module does, and then cannot write its parameters. */
    private static boolean isBeyondJava(Provider.Service service) {
        return service.getAlgorithm().matches("SHA3-.*withRSASSA-PSS");
    }

    public static void main(String[] args) throws Exception {
        ours = Security.getProvider("SunPKCS11").configure(args[0]);
        Security.insertProviderAt(ours, 1);
        KeyStore.getInstance("PKCS11", ours).load(null, "1234-pin".toCharArray());
        new SecureRandom().nextBytes(DATA);
        rsa = pair("RSA", null, Security.getProvider("SunRsaSign"));
        ec = pair("EC", new ECGenParameterSpec("secp256r1"), Security.getProvider("SunEC"));
        for (Provider.Service service : ours.getServices().stream().sorted(
                Comparator.comparing(s -> s.getType() + s.getAlgorithm())).toList()) {
            String result = "good";
            if (isBeyondJava(service))
                continue;
            try {
                tryService(service);
            } catch (Exception e) {
                e.printStackTrace();
                result = e.toString();
            }
            System.out.println(service.getType() + " " + service.getAlgorithm() + ": " + result);
        }
    }
}

// SPDX-License-Identifier: BSD-3-Clause
// Handshakes CONFIGURATION first|last PORT CA: TLS with the keys of a token, and the module before
// or after all other providers. Prints what the server saw of us, one line a handshake.

import java.io.FileInputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;

public class Handshakes {
    /** Answers with one certificate, whatever else would do. */
    record Chosen(X509KeyManager all, String alias) implements X509KeyManager {
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return alias;
        }

        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return null;
        }

        public X509Certificate[] getCertificateChain(String name) {
            return all.getCertificateChain(name);
        }

        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {alias};
        }

        public PrivateKey getPrivateKey(String name) {
            return all.getPrivateKey(name);
        }

        public String[] getServerAliases(String type, Principal[] issuers) {
            return null;
        }
    }

    private static String subjectSeen(SSLContext context, int port, String version)
            throws Exception {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(
                "localhost", port)) {
            socket.setSoTimeout(20_000);
            socket.setEnabledProtocols(new String[] {version});
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes());
            String page = new String(socket.getInputStream().readAllBytes(),
                                     StandardCharsets.ISO_8859_1);
            return page.lines().filter(line -> line.contains("Subject:")).findFirst()
                    .orElse("nobody").strip();
        }
    }

    public static void main(String[] args) throws Exception {
        Provider ours = Security.getProvider("SunPKCS11").configure(args[0]);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");

        if (args[1].equals("first"))
            Security.insertProviderAt(ours, 1);
        else
            Security.addProvider(ours);
        trusted.load(null, null);
        try (FileInputStream file = new FileInputStream(args[3])) {
            trusted.setCertificateEntry("server", CertificateFactory.getInstance("X.509")
                    .generateCertificate(file));
        }
        trust.init(trusted);
        KeyStore token = KeyStore.getInstance("PKCS11", ours);
        token.load(null, "1234-pin".toCharArray());
        keys.init(token, null);
        X509KeyManager all = (X509KeyManager) keys.getKeyManagers()[0];

        for (String version : new String[] {"TLSv1.2", "TLSv1.3"}) {
            for (String alias : new String[] {"rsa", "ec"}) {
                SSLContext context = SSLContext.getInstance("TLS");
                String seen;

                context.init(new KeyManager[] {new Chosen(all, alias)}, trust.getTrustManagers(),
                             null);
                try {
                    seen = subjectSeen(context, Integer.parseInt(args[2]), version);
                } catch (Exception e) {
                    e.printStackTrace();
                    seen = e.toString();
                }
                System.out.println(version + " " + alias + " " + seen);
            }
        }
    }
}

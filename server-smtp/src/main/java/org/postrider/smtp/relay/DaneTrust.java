package org.postrider.smtp.relay;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.TLSARecord;

/**
 * Trusts the certificates that TLSA records name (RFC 6698, as RFC 7672 §3 narrows it for SMTP):
 * the host's own whatever it says about itself (DANE-EE), or one from a named authority that names
 * the host (DANE-TA).
 */
final class DaneTrust extends X509ExtendedTrustManager {
  private static final int DANE_TA = 2;
  private static final int DANE_EE = 3;
  private static final int WHOLE_CERTIFICATE = 0;
  private static final int PUBLIC_KEY = 1;
  private static final int EXACT = 0;
  private static final int SHA_256 = 1;
  private static final int SHA_512 = 2;
  private static final int DNS_NAME = 2; // X509Certificate.getSubjectAlternativeNames
  private static final X509Certificate[] NONE = {};

  private final TlsDemand.Dane demand;

  DaneTrust(TlsDemand.Dane demand) {
    this.demand = demand;
  }

  /** Whether the record says something that can be checked here; RFC 7672 §3.1.3. */
  static boolean isUsable(TLSARecord record) {
    return (record.getCertificateUsage() == DANE_TA || record.getCertificateUsage() == DANE_EE)
        && (record.getSelector() == WHOLE_CERTIFICATE || record.getSelector() == PUBLIC_KEY)
        && record.getMatchingType() >= EXACT
        && record.getMatchingType() <= SHA_512;
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    if (chain.length == 0) {
      throw new CertificateException("no certificate");
    }
    for (TLSARecord record : demand.records()) {
      if (record.getCertificateUsage() == DANE_EE && matches(record, chain[0])) {
        return; // RFC 7672 §3.1.1: neither names nor dates count
      }
    }
    CertificateException reason =
        new CertificateException("the certificate is not the one that the TLSA records name");
    for (TLSARecord record : demand.records()) {
      try {
        if (record.getCertificateUsage() == DANE_TA && isIssued(record, chain)) {
          requireName(chain[0]);
          return;
        }
      } catch (CertificateException e) {
        reason = e;
      }
    }
    throw reason;
  }

  private static boolean matches(TLSARecord record, X509Certificate certificate)
      throws CertificateException {
    byte[] octets =
        record.getSelector() == PUBLIC_KEY
            ? certificate.getPublicKey().getEncoded()
            : certificate.getEncoded();
    try {
      byte[] wanted =
          switch (record.getMatchingType()) {
            case SHA_256 -> MessageDigest.getInstance("SHA-256").digest(octets);
            case SHA_512 -> MessageDigest.getInstance("SHA-512").digest(octets);
            default -> octets;
          };
      return Arrays.equals(wanted, record.getCertificateAssociationData());
    } catch (GeneralSecurityException e) {
      throw new CertificateException("no digest", e);
    }
  }

  /** Whether the chain leads to the authority that the record names (RFC 7672 §3.1.2). */
  private static boolean isIssued(TLSARecord record, X509Certificate[] chain)
      throws CertificateException {
    for (int i = 0; i < chain.length; i++) {
      if (matches(record, chain[i])) {
        if (i == 0) {
          chain[0].checkValidity();
          return true;
        }
        return leadsTo(chain[i], Arrays.asList(chain).subList(0, i));
      }
    }
    return false;
  }

  private static boolean leadsTo(X509Certificate authority, List<X509Certificate> chain)
      throws CertificateException {
    try {
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
      parameters.setRevocationEnabled(false); // RFC 7672 has the DNS say what holds
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
      return true;
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the chain does not hold: " + e.getMessage(), e);
    }
  }

  private void requireName(X509Certificate certificate) throws CertificateException {
    Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
    List<String> held = new ArrayList<>();
    if (alternatives != null) {
      for (List<?> alternative : alternatives) {
        if (alternative.getFirst().equals(DNS_NAME)) {
          held.add(String.valueOf(alternative.get(1)).toLowerCase(Locale.ROOT));
        }
      }
    }
    for (String name : demand.names()) {
      if (held.stream().anyMatch(pattern -> covers(pattern, name))) {
        return;
      }
    }
    throw new CertificateException("the certificate is for " + held + ", not " + demand.names());
  }

  /** RFC 6125 §6.4.3: a wildcard stands for the whole leftmost label. */
  static boolean covers(String pattern, String name) {
    if (!pattern.startsWith("*.")) {
      return pattern.equalsIgnoreCase(name);
    }
    int dot = name.indexOf('.');
    return dot > 0 && name.substring(dot).equalsIgnoreCase(pattern.substring(1));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("no clients here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket)
      throws CertificateException {
    throw new CertificateException("no clients here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("no clients here");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return NONE;
  }
}

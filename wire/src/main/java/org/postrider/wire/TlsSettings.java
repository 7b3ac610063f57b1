package org.postrider.wire;

import java.nio.file.Path;

/**
 * A certificate chain and its key, PEM files (PKCS#8, RSA or EC).
 *
 * @param certificateChain the server's certificate first
 */
public record TlsSettings(Path certificateChain, Path privateKey) {}

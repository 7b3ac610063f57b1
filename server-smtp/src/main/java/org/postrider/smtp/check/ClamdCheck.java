package org.postrider.smtp.check;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks ClamAV's daemon whether a message carries malware (INSTREAM, clamd(8)): the message goes out
 * in chunks, each after its length, and comes back as one line.
 */
final class ClamdCheck implements PeerCheck {
  private static final Logger log = LoggerFactory.getLogger(ClamdCheck.class);
  private static final byte[] INSTREAM = "zINSTREAM\0".getBytes(StandardCharsets.US_ASCII);
  private static final int CHUNK = 32 << 10;
  private static final int ANSWER_MAX = 1024;
  private static final String STREAM = "stream: ";
  private static final String FOUND = " FOUND";

  private final CheckSettings.Clamd settings;

  ClamdCheck(CheckSettings.Clamd settings) {
    this.settings = settings;
  }

  @Override
  public Verdict ask(Candidate candidate) throws IOException {
    if (candidate.size() > settings.sizeMax()) {
      log.info("{} is too long for clamd: {} octets", candidate.id(), candidate.size());
      return Verdict.PASS;
    }
    try (PeerConnection clamd =
            new PeerConnection(settings.address(), settings.limits().timeout());
        InputStream message = candidate.open()) {
      String answer;
      try {
        send(message, clamd);
        answer = answer(clamd);
      } catch (IOException e) {
        // It may have answered, and closed, before it was told all.
        answer = lastWords(clamd, e);
      }
      return verdict(answer);
    }
  }

  private static void send(InputStream message, PeerConnection clamd) throws IOException {
    clamd.write(INSTREAM);
    byte[] chunk = new byte[CHUNK];
    for (int n = message.read(chunk); n >= 0; n = message.read(chunk)) {
      if (n > 0) { // a chunk of no octets would end the stream
        clamd.writeInt(n);
        clamd.write(chunk, 0, n);
      }
    }
    clamd.writeInt(0);
    clamd.flush();
  }

  private static String lastWords(PeerConnection clamd, IOException failure) throws IOException {
    try {
      return answer(clamd);
    } catch (IOException e) {
      throw failure;
    }
  }

  private static String answer(PeerConnection clamd) throws IOException {
    StringBuilder answer = new StringBuilder();
    for (byte b = clamd.read(); b != 0; b = clamd.read()) {
      if (answer.length() == ANSWER_MAX) {
        throw new CheckException("its answer does not end");
      }
      answer.append((char) (b & 0xff));
    }
    return answer.toString();
  }

  private static Verdict verdict(String answer) throws IOException {
    if (answer.equals(STREAM + "OK")) {
      return Verdict.PASS;
    }
    if (answer.startsWith(STREAM) && answer.endsWith(FOUND)) {
      String name = answer.substring(STREAM.length(), answer.length() - FOUND.length());
      String shown = name.replaceAll("[^\\w.:/+-]", "?");
      return new Verdict.Refuse(550, "5.7.1", List.of("The message carries malware: " + shown));
    }
    throw new CheckException("clamd said '" + answer + "'");
  }
}

package org.postrider.smtp.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks rspamd about a message ({@code POST /checkv2}): the envelope goes in fields of the request,
 * the message in its body, and the answer is a JSON object with an action and with fields to add.
 */
final class RspamdCheck implements PeerCheck {
  private static final Logger log = LoggerFactory.getLogger(RspamdCheck.class);
  private static final int ANSWER_MAX = 1 << 20;

  /** Marks what is taken for spam and not refused; one that came with the message goes. */
  private static final String SPAM_FIELD = "X-Spam";

  private final CheckSettings.Rspamd settings;
  private final URI target;
  private final HttpClient client;
  private final JsonMapper json = new JsonMapper();

  RspamdCheck(CheckSettings.Rspamd settings) {
    this.settings = settings;
    this.target = settings.url().resolve("/checkv2");
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(settings.limits().timeout())
            .build();
  }

  @Override
  public Verdict ask(Candidate candidate) throws IOException {
    long size = candidate.size();
    if (size > settings.sizeMax()) {
      log.info("{} is too long for rspamd: {} octets", candidate.id(), size);
      return Verdict.PASS;
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(target)
            .timeout(settings.limits().timeout())
            .POST(
                BodyPublishers.fromPublisher(
                    BodyPublishers.ofInputStream(() -> open(candidate)), size));
    describe(candidate, request);
    HttpResponse<byte[]> response;
    try {
      response =
          client.send(
              request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), ANSWER_MAX));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    if (response.statusCode() != 200) {
      throw new CheckException("rspamd answered " + response.statusCode());
    }
    try {
      return verdict(candidate, json.readTree(response.body()));
    } catch (JacksonException e) {
      throw new CheckException("rspamd's answer is no JSON: " + e.getOriginalMessage());
    }
  }

  private static InputStream open(Candidate candidate) {
    try {
      return candidate.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void describe(Candidate candidate, HttpRequest.Builder request) {
    Candidate.Client from = candidate.client();
    request.header("Queue-Id", candidate.id());
    request.header("MTA-Name", candidate.hostname());
    request.header("IP", from.address().getHostAddress());
    request.header("Helo", from.helo());
    // What is not ASCII does not go into a field of HTTP; a message without it can be judged too.
    if (isAscii(candidate.reversePath())) {
      request.header("From", "<" + candidate.reversePath() + ">");
    }
    for (String recipient : candidate.recipients()) {
      if (isAscii(recipient)) {
        request.header("Rcpt", recipient);
      }
    }
    header(request, "User", from.login());
    header(request, "TLS-Version", from.tlsVersion());
    header(request, "TLS-Cipher", from.cipherSuite());
  }

  private static void header(HttpRequest.Builder request, String name, @Nullable String value) {
    if (value != null && isAscii(value)) {
      request.header(name, value);
    }
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c >= 32 && c < 127);
  }

  private Verdict verdict(Candidate candidate, JsonNode answer) throws IOException {
    String action = answer.path("action").asString("");
    String said = answer.path("messages").path("smtp_message").asString("");
    Verdict verdict =
        switch (action) {
          case "no action", "add header", "rewrite subject", "quarantine" -> Verdict.PASS;
          case "greylist", "soft reject" ->
              new Verdict.Refuse(451, "4.7.1", said.isBlank() ? "Try again later" : said);
          case "reject" ->
              new Verdict.Refuse(
                  550, "5.7.1", said.isBlank() ? "The message was taken for spam" : said);
          case "discard" -> new Verdict.Discard();
          default -> throw new CheckException("rspamd wants '" + action + "'");
        };
    if (verdict instanceof Verdict.Pass) {
      change(candidate, action, answer);
    }
    return verdict;
  }

  private void change(Candidate candidate, String action, JsonNode answer) throws IOException {
    HeaderDraft header = candidate.header();
    header.removeAll(SPAM_FIELD);
    JsonNode milter = answer.path("milter");
    for (Map.Entry<String, JsonNode> field : milter.path("remove_headers").properties()) {
      int occurrence = field.getValue().asInt(0);
      if (occurrence == 0) {
        header.removeAll(field.getKey());
      } else {
        header.change(field.getKey(), occurrence, null);
      }
    }
    for (Map.Entry<String, JsonNode> field : milter.path("add_headers").properties()) {
      add(header, field.getKey(), field.getValue());
    }
    for (JsonNode signature : each(answer.path("dkim-signature"))) {
      header.insert(0, "DKIM-Signature", octets(signature.asString("")));
    }
    if (action.equals("rewrite subject")) {
      header.change("Subject", 1, octets(answer.path("subject").asString("")));
    }
    if (action.equals("quarantine")) {
      candidate.quarantine();
    } else if (!action.equals("no action")) {
      header.insert(0, SPAM_FIELD, "Yes");
      if (settings.junk()) {
        candidate.toJunk();
      }
    }
  }

  /** A value is a string, an object with {@code value} and {@code order}, or an array of those. */
  private static void add(HeaderDraft header, String name, JsonNode given) throws IOException {
    for (JsonNode one : each(given)) {
      JsonNode value = one.isObject() ? one.path("value") : one;
      int order = one.path("order").asInt(-1);
      if (order < 0) {
        header.add(name, octets(value.asString("")));
      } else {
        header.insert(order, name, octets(value.asString("")));
      }
    }
  }

  private static Iterable<JsonNode> each(JsonNode node) {
    return node.isArray() ? node : node.isMissingNode() ? List.of() : List.of(node);
  }

  /** As a header has it: UTF-8, each octet a character. */
  private static String octets(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}

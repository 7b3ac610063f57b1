package org.postrider.smtp.relay;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.smtp.relay.Peer.Recipient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One message to recipients of one server: MAIL, RCPT, and the data (RFC 5321 §3.3). */
final class Transaction {
  private static final Logger log = LoggerFactory.getLogger(Transaction.class);

  private final Peer peer;
  private final Letter letter;
  private final List<Recipient> recipients;
  private final boolean binary;
  private LetterForm form;

  /**
   * @param peer whose commands and replies these are
   */
  Transaction(Peer peer, Letter letter, List<Recipient> recipients) {
    this.peer = peer;
    this.letter = letter;
    this.recipients = recipients;
    this.binary = letter.isBinary() && peer.offers("BINARYMIME") && peer.offers("CHUNKING");
    this.form = letter;
  }

  /** One outcome for each recipient, in their order. */
  List<Outcome> run() throws IOException {
    Outcome obstacle = obstacle();
    if (obstacle != null) {
      return allOf(obstacle);
    }
    return peer.offers("PIPELINING") ? together() : oneByOne();
  }

  private List<Outcome> allOf(Outcome outcome) {
    return new ArrayList<>(Collections.nCopies(recipients.size(), outcome));
  }

  private Outcome impossible(String status, String why) {
    return new Outcome(Outcome.Kind.FAILED, status, peer.name() + " " + why, peer.name());
  }

  /** What the message needs, the server lacks, and cannot be had otherwise. */
  private @Nullable Outcome obstacle() throws IOException {
    String least = peer.parameters("DELIVERBY");
    long seconds = least.matches("\\d{1,9}") ? Long.parseLong(least) : 1;
    if (letter.isTooUrgent(peer.offers("DELIVERBY"), seconds)) {
      return impossible( // RFC 2852 §4.1.4
          "5.4.7", "cannot promise to deliver by the time that the sender named");
    }
    if (!peer.offers("SMTPUTF8") && needsUtf8()) {
      return impossible("5.6.7", "takes no internationalized mail"); // RFC 6531 §3.5
    }
    boolean fits = letter.isBinary() ? binary : peer.offers("8BITMIME") || !letter.isEightBit();
    if (!fits) {
      Optional<SevenBitForm> converted = SevenBitForm.of(letter);
      if (converted.isEmpty()) {
        // RFC 6152 §3, RFC 3030 §3
        return impossible("5.6.3", "takes no such mail, and it cannot be converted");
      }
      form = converted.get();
    }
    String max = peer.parameters("SIZE");
    if (max.matches("[1-9]\\d{0,17}") && form.size() > Long.parseLong(max)) {
      return impossible("5.3.4", "takes no message of " + form.size() + " octets");
    }
    return null;
  }

  private boolean needsUtf8() {
    return !isAscii(letter.reversePath())
        || recipients.stream().anyMatch(recipient -> !isAscii(recipient.address()))
        || (letter.has("SMTPUTF8") && letter.hasEightBitHeader());
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 128);
  }

  private String mail() {
    StringBuilder mail = new StringBuilder("MAIL FROM:<").append(letter.reversePath()).append('>');
    if (peer.offers("SIZE")) {
      mail.append(" SIZE=").append(form.size());
    }
    if (binary) {
      mail.append(" BODY=BINARYMIME");
    } else if (peer.offers("8BITMIME") && form == letter) {
      letter.option("BODY").ifPresent(body -> mail.append(' ').append(body));
    }
    if (peer.offers("SMTPUTF8") && needsUtf8()) {
      mail.append(" SMTPUTF8");
    }
    if (letter.has(Letter.REQUIRETLS)) {
      mail.append(" REQUIRETLS"); // a connection without it is not made for such a letter
    }
    if (peer.offers("DSN")) {
      letter.option("RET").ifPresent(ret -> mail.append(' ').append(ret));
      letter.option("ENVID").ifPresent(id -> mail.append(' ').append(id));
    }
    String by = letter.by();
    if (by != null && peer.offers("DELIVERBY")) {
      mail.append(" BY=").append(by);
    }
    if (peer.offers("MT-PRIORITY")) {
      letter.option("MT-PRIORITY").ifPresent(priority -> mail.append(' ').append(priority));
    }
    return mail.toString();
  }

  private String rcpt(Recipient recipient) {
    String rcpt = "RCPT TO:<" + recipient.address() + ">";
    String parameters = recipient.parameters();
    if (isUnwatched()) {
      parameters = RcptParameters.of(parameters).withDelay().toString();
    }
    return peer.offers("DSN") && !parameters.isEmpty() ? rcpt + " " + parameters : rcpt;
  }

  /** Whether the server will not know of the letter's deadline. */
  private boolean isUnwatched() {
    return letter.by() != null && !peer.offers("DELIVERBY");
  }

  private List<Outcome> together() throws IOException {
    peer.write(mail());
    for (Recipient recipient : recipients) {
      peer.write(rcpt(recipient));
    }
    if (!binary) {
      peer.write("DATA");
    }
    PeerReply mail = peer.reply();
    List<PeerReply> replies = new ArrayList<>();
    for (int i = 0; i < recipients.size(); i++) {
      replies.add(peer.reply());
    }
    @Nullable PeerReply data = binary ? null : peer.reply();
    if (!mail.isPositive()) {
      endUnwanted(data);
      return allOf(Outcome.of(mail, peer.name()));
    }
    if (replies.stream().noneMatch(PeerReply::isPositive)) {
      endUnwanted(data);
      return outcomes(replies);
    }
    return data == null ? chunk(replies) : finish(replies, data);
  }

  private List<Outcome> oneByOne() throws IOException {
    PeerReply mail = peer.ask(mail());
    if (!mail.isPositive()) {
      return allOf(Outcome.of(mail, peer.name()));
    }
    List<PeerReply> replies = new ArrayList<>();
    for (Recipient recipient : recipients) {
      replies.add(peer.ask(rcpt(recipient)));
    }
    if (replies.stream().noneMatch(PeerReply::isPositive)) {
      reset();
      return outcomes(replies);
    }
    return binary ? chunk(replies) : finish(replies, peer.ask("DATA"));
  }

  private List<Outcome> outcomes(List<PeerReply> replies) {
    return new ArrayList<>(replies.stream().map(reply -> Outcome.of(reply, peer.name())).toList());
  }

  /** Sends the data to those who were accepted. */
  private List<Outcome> finish(List<PeerReply> replies, PeerReply data) throws IOException {
    PeerReply end = data;
    if (data.code() == 354) {
      DotStuffing stuffing = new DotStuffing(peer.out());
      form.writeTo(stuffing);
      end = peer.endOfData(stuffing::end);
    } else if (data.isPositive()) {
      throw new PeerException(peer.name() + " answers DATA with " + data);
    }
    List<Outcome> outcomes = ended(replies, end);
    if (data.code() != 354) {
      reset();
    }
    return outcomes;
  }

  /** Sends the data as they are (RFC 3030 §2). */
  private List<Outcome> chunk(List<PeerReply> replies) throws IOException {
    peer.write("BDAT " + form.size() + " LAST");
    OutputStream out = peer.out();
    PeerReply end = peer.endOfData(() -> form.writeTo(out));
    List<Outcome> outcomes = ended(replies, end);
    if (!end.isPositive()) {
      reset();
    }
    return outcomes;
  }

  private List<Outcome> ended(List<PeerReply> replies, PeerReply end) {
    List<Outcome> outcomes = outcomes(replies);
    Outcome outcome = Outcome.of(end, peer.name());
    if (outcome.isSent() && (isUnwatched() || !peer.offers("DSN"))) {
      outcome = outcome.relayed();
    }
    for (int i = 0; i < outcomes.size(); i++) {
      if (outcomes.get(i).isSent()) {
        outcomes.set(i, outcome);
      }
    }
    return outcomes;
  }

  /** RFC 2920 §3.1: a server may want data though it took no recipient; it gets none. */
  private void endUnwanted(@Nullable PeerReply data) throws IOException {
    if (data != null && data.code() == 354) {
      peer.out().write(".\r\n".getBytes(StandardCharsets.US_ASCII));
      PeerReply end = peer.reply();
      log.debug("{} answered an empty message without recipients with {}", peer.name(), end);
    }
    reset();
  }

  private void reset() throws IOException {
    if (peer.isUsable() && !peer.ask("RSET").isPositive()) {
      peer.spend();
    }
  }
}

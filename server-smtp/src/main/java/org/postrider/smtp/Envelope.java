package org.postrider.smtp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedMap;
import org.postrider.smtp.relay.StatusReports.Done;
import org.postrider.storage.AccountId;
import org.postrider.storage.Delivery.Remote;
import org.postrider.storage.Delivery.Target;

/**
 * The envelope of the transaction at hand: what MAIL and RCPT have given. Extensions write into it
 * what their parameters say.
 */
final class Envelope {
  private record Place(AccountId account, String mailbox) {}

  private final ReversePath reversePath;
  private final List<ForwardPath> forwardPaths = new ArrayList<>();
  private final SequencedMap<Place, Target> local = new LinkedHashMap<>();
  private final SequencedMap<String, Remote> remote = new LinkedHashMap<>();
  private final SequencedMap<String, Remote> held = new LinkedHashMap<>();
  private final List<Done> done = new ArrayList<>();
  private final List<MailParameter> options = new ArrayList<>();
  private long declaredSize;
  private boolean binary;
  private int returnAfter;
  private long notBefore;
  private OptionalInt priority = OptionalInt.empty();
  private boolean internationalized;
  private int refusedRecipients;

  Envelope(ReversePath reversePath) {
    this.reversePath = reversePath;
  }

  ReversePath reversePath() {
    return reversePath;
  }

  /** What RCPT gave and was accepted, in order. */
  List<ForwardPath> forwardPaths() {
    return forwardPaths;
  }

  /** Adds a recipient with the places it leads to; a place is filled once only. */
  void add(ForwardPath path, List<Target> targets, List<Remote> remotes) {
    forwardPaths.add(path);
    for (Target target : targets) {
      local.putIfAbsent(new Place(target.account(), target.mailbox()), target);
    }
    for (Remote other : remotes) {
      remote.putIfAbsent(other.address(), other);
    }
  }

  /** All recipients, those here too, as they wait in the queue. */
  private SequencedMap<String, Remote> waiting() {
    SequencedMap<String, Remote> all = new LinkedHashMap<>(held);
    remote.forEach(all::putIfAbsent);
    return all;
  }

  /** Adds a recipient here who is to wait in the queue when the message is held. */
  void addHeld(Remote recipient) {
    held.putIfAbsent(recipient.address(), recipient);
  }

  /** Notes that the sender wants to hear when all was done for a recipient. */
  void tell(Done recipient) {
    done.add(recipient);
  }

  /** Of whom the sender wants to hear once the message is stored. */
  List<Done> done() {
    return notBefore == 0 ? done : done.stream().filter(Done::expanded).toList();
  }

  /** Where it is filed at once: nowhere when it is held. */
  List<Target> local() {
    return notBefore == 0 ? List.copyOf(local.values()) : List.of();
  }

  List<Remote> remote() {
    return List.copyOf((notBefore == 0 ? remote : waiting()).values());
  }

  boolean hasLocal() {
    return !local.isEmpty();
  }

  boolean hasRecipients() {
    return !forwardPaths.isEmpty();
  }

  /** A RCPT was refused; DATA without any other answers with 554 then. */
  void countRefused() {
    refusedRecipients++;
  }

  boolean hasRefusedRecipients() {
    return refusedRecipients > 0;
  }

  /** Octets that SIZE has announced (RFC 1870), or 0. */
  long declaredSize() {
    return declaredSize;
  }

  void declareSize(long octets) {
    declaredSize = octets;
  }

  /** Whether MAIL had BODY=BINARYMIME (RFC 3030). */
  boolean isBinary() {
    return binary;
  }

  /** Its content is made lines of any octets, so that this is what it goes on with. */
  void makeBinary() {
    binary = true;
    keep(new MailParameter("BODY", "8BITMIME"));
  }

  /** After how many seconds the message comes back when it was not delivered (RFC 2852), or 0. */
  int returnAfter() {
    return returnAfter;
  }

  void returnAfter(int seconds) {
    returnAfter = seconds;
  }

  /** Until when it is held (RFC 4865), epoch milliseconds, or 0. */
  long notBefore() {
    return notBefore;
  }

  void holdUntil(long millis) {
    notBefore = millis;
  }

  /** -9 to 9 (RFC 6710). */
  OptionalInt priority() {
    return priority;
  }

  void prioritize(int value) {
    priority = OptionalInt.of(value);
    keep(new MailParameter("MT-PRIORITY", Integer.toString(value)));
  }

  /** Whether MAIL had SMTPUTF8 (RFC 6531). */
  boolean isInternationalized() {
    return internationalized;
  }

  void internationalize() {
    internationalized = true;
  }

  /** Keeps a parameter of MAIL for the queue. */
  void keep(MailParameter parameter) {
    options.add(parameter);
  }

  /** The parameters kept, as MAIL would have them. */
  String options() {
    return MailParameter.joined(options);
  }

  /** Nothing of addresses: for logs. */
  @Override
  public String toString() {
    return Map.of("local", local.size(), "remote", remote.size()).toString();
  }
}

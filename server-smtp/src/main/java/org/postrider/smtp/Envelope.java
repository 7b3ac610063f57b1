package org.postrider.smtp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postrider.smtp.relay.StatusReports.Done;
import org.postrider.storage.AccountId;
import org.postrider.storage.Delivery.Remote;
import org.postrider.storage.Delivery.Target;
import org.postrider.storage.Group;

/**
 * The envelope of the transaction at hand: what MAIL and RCPT have given. Extensions write into it
 * what their parameters say.
 */
final class Envelope {
  private record Place(AccountId account, String mailbox) {
    static Place of(Target target) {
      return new Place(target.account(), target.mailbox());
    }
  }

  /**
   * A recipient that was accepted.
   *
   * @param local the places it leads to here
   * @param held the same as they wait in the queue when the message is held
   * @param remote the addresses it leads to elsewhere
   * @param done what the sender wants to hear when all was done for it, or null
   * @param group the mailing list that it is, or null
   */
  record Recipient(
      ForwardPath path,
      List<Target> local,
      List<Remote> held,
      List<Remote> remote,
      @Nullable Done done,
      @Nullable Group group) {
    /** Whether nobody behind it gets the message. */
    boolean isLeftOut(List<Target> leftOut) {
      List<Place> full = leftOut.stream().map(Place::of).toList();
      return remote.isEmpty() && local.stream().map(Place::of).allMatch(full::contains);
    }
  }

  /** Parameters of MAIL that say what its sender wants to hear (RFC 3461 §5.2.7.3). */
  private static final Set<String> SENDERS_OWN = Set.of("RET", "ENVID");

  private final ReversePath reversePath;
  private final List<Recipient> recipients = new ArrayList<>();
  private final List<MailParameter> options = new ArrayList<>();
  private long declaredSize;
  private boolean binary;
  private OptionalInt deliverBy = OptionalInt.empty();
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

  /** Those that RCPT gave and that were accepted, in order. */
  List<Recipient> recipients() {
    return recipients;
  }

  void add(Recipient recipient) {
    recipients.add(recipient);
  }

  void remove(Recipient recipient) {
    recipients.remove(recipient);
  }

  /**
   * Of whom the sender wants to hear once the message is stored: not yet of those who get it later.
   *
   * @param leftOut places that did not get it
   */
  List<Done> done(List<Target> leftOut) {
    return recipients.stream()
        .filter(recipient -> !recipient.isLeftOut(leftOut))
        .map(Recipient::done)
        .filter(done -> done != null && (notBefore == 0 || done.expanded()))
        .map(Objects::requireNonNull)
        .toList();
  }

  /**
   * Those who get the same octets from the same sender: one delivery.
   *
   * @param reversePath empty for {@code <>}
   * @param options parameters of MAIL that the queue must keep
   * @param here whether it ends in mailboxes of ours, now or when it was held
   * @param group the mailing list that sends it on to them, or null
   */
  record Parcel(
      String reversePath,
      List<Target> local,
      List<Remote> remote,
      String options,
      boolean here,
      @Nullable Group group) {
    /** Whether the same fields stand above the message. */
    boolean looksLike(Parcel other) {
      return reversePath.equals(other.reversePath)
          && here == other.here
          && Objects.equals(group, other.group);
    }
  }

  /** How many groups are among the recipients; each gets octets of its own. */
  long groups() {
    return recipients.stream().map(Recipient::group).filter(Objects::nonNull).distinct().count();
  }

  /**
   * What is to be delivered: first to those who were addressed themselves, then to the members of
   * each group who are not among them. Empty when there are no recipients.
   */
  List<Parcel> parcels() {
    List<Recipient> direct = recipients.stream().filter(one -> one.group() == null).toList();
    Map<Group, List<Recipient>> groups =
        recipients.stream()
            .filter(one -> one.group() != null)
            .collect(
                Collectors.groupingBy(
                    one -> Objects.requireNonNull(one.group()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    Set<Place> filled = new HashSet<>();
    Set<String> sent = new HashSet<>();
    List<Parcel> parcels = new ArrayList<>();
    addParcel(null, direct, filled, sent, parcels);
    groups.forEach((group, members) -> addParcel(group, members, filled, sent, parcels));
    return parcels;
  }

  private void addParcel(
      @Nullable Group group,
      List<Recipient> members,
      Set<Place> filled,
      Set<String> sent,
      List<Parcel> parcels) {
    List<Target> places =
        members.stream()
            .flatMap(one -> one.local().stream())
            .filter(target -> filled.add(Place.of(target)))
            .toList();
    boolean isHeld = notBefore != 0;
    List<Remote> waiting =
        members.stream()
            .flatMap(one ->
                isHeld
                    ? Stream.concat(one.held().stream(), one.remote().stream())
                    : one.remote().stream())
            .filter(other -> sent.add(other.address()))
            .toList();
    if (!places.isEmpty() || !waiting.isEmpty()) {
      parcels.add(parcel(group, isHeld ? List.of() : places, waiting, !places.isEmpty()));
    }
  }

  /**
   * What a list sends on it sends in the name of its owner, who hears of failures (RFC 5321
   * §3.9.2); but a report stays one, so that two lists can't report to each other for ever.
   */
  private Parcel parcel(
      @Nullable Group group, List<Target> local, List<Remote> remote, boolean here) {
    String sender = reversePath.toString();
    if (group == null || group.owner().isEmpty() || sender.isEmpty()) {
      return new Parcel(sender, local, remote, options(), here, group);
    }
    List<Remote> members = remote.stream().map(one -> new Remote(one.address())).toList();
    String kept =
        MailParameter.joined(
            options.stream().filter(one -> !SENDERS_OWN.contains(one.keyword())).toList());
    return new Parcel(group.owner(), local, members, kept, here, group);
  }

  boolean hasLocal() {
    return recipients.stream().anyMatch(recipient -> !recipient.local().isEmpty());
  }

  boolean hasRecipients() {
    return !recipients.isEmpty();
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

  /** Within how many seconds it is to be delivered (RFC 2852). */
  OptionalInt deliverBy() {
    return deliverBy;
  }

  void deliverBy(int seconds) {
    deliverBy = OptionalInt.of(seconds);
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
    return recipients.size() + " recipients";
  }
}

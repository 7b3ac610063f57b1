package org.postrider.message;

import java.util.ArrayList;
import java.util.List;

/** The addresses of a From, To, Cc… field (RFC 5322 §3.6.2, §3.6.3) in order. */
public record AddressList(List<Address> addresses) {
  public AddressList {
    addresses = List.copyOf(addresses);
  }

  /**
   * Parses an unfolded value. Never fails: of bad input it keeps what looks like an address, and at
   * most {@link MessageLimits#addressesMax} of them.
   */
  public static AddressList parse(String value) {
    return parse(value, MessageLimits.DEFAULT.addressesMax());
  }

  static AddressList parse(String value, int addressesMax) {
    return new AddressList(new AddressParser(value, addressesMax).parse());
  }

  /** All mailboxes, those in groups too. */
  public List<Address.Mailbox> mailboxes() {
    List<Address.Mailbox> mailboxes = new ArrayList<>(addresses.size());
    for (Address address : addresses) {
      switch (address) {
        case Address.Mailbox mailbox -> mailboxes.add(mailbox);
        case Address.Group group -> mailboxes.addAll(group.members());
      }
    }
    return mailboxes;
  }
}

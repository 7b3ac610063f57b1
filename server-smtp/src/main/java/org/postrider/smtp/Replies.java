package org.postrider.smtp;

/**
 * The replies of fixed text, by name (RFC 5321 §4.2.2, RFC 3463, RFC 5248). A client reads their
 * codes; a person reads their text in a bounce, so it says what is wrong and never what was sent.
 */
final class Replies {
  private Replies() {}

  // Success
  static final SmtpReply OK = SmtpReply.of(250, "2.0.0", "Ok");
  static final SmtpReply RESET = SmtpReply.of(250, "2.0.0", "Flushed");
  static final SmtpReply SENDER_OK = SmtpReply.of(250, "2.1.0", "Sender ok");
  static final SmtpReply RECIPIENT_OK = SmtpReply.of(250, "2.1.5", "Recipient ok");
  static final SmtpReply CHUNK_OK = SmtpReply.of(250, "2.0.0", "Chunk received");
  static final SmtpReply GOODBYE = SmtpReply.of(221, "2.0.0", "Goodbye");
  static final SmtpReply START_TLS = SmtpReply.of(220, "2.0.0", "Ready to start TLS");
  static final SmtpReply AUTHENTICATED = SmtpReply.of(235, "2.7.0", "Authentication successful");
  static final SmtpReply CANNOT_VERIFY =
      SmtpReply.of(
          252, "2.0.0", "Cannot verify the user, but will take the message and try to deliver it");
  static final SmtpReply CANNOT_EXPAND =
      SmtpReply.of(252, "2.0.0", "Lists are told to authenticated users only");
  static final SmtpReply SEND_DATA = SmtpReply.plain(354, "End data with <CR><LF>.<CR><LF>");

  // The end of a session (RFC 5321 §3.8, RFC 5248)
  static final SmtpReply IDLE =
      SmtpReply.of(421, "4.4.2", "Idle for too long, closing the connection");
  static final SmtpReply SHUTDOWN =
      SmtpReply.of(421, "4.3.2", "The server stops, closing the connection");
  static final SmtpReply TOO_MANY_ERRORS =
      SmtpReply.of(421, "4.7.0", "Too many errors, closing the connection");
  static final SmtpReply FAULT =
      SmtpReply.of(421, "4.3.0", "Internal error, closing the connection");

  /** RFC 5321 §3.1: 554 in place of the greeting. */
  static final SmtpReply NOT_WELCOME =
      SmtpReply.of(554, "5.7.1", "No mail is taken from this address");

  // Syntax
  static final SmtpReply UNKNOWN_COMMAND = SmtpReply.of(500, "5.5.1", "Command not recognized");
  static final SmtpReply LINE_TOO_LONG = SmtpReply.of(500, "5.5.2", "Line too long");
  static final SmtpReply BARE_LF_IN_COMMAND =
      SmtpReply.of(500, "5.5.2", "A command line must end with <CR><LF>, not with a bare <LF>");
  static final SmtpReply BAD_CHARACTERS =
      SmtpReply.of(500, "5.5.2", "Control characters or malformed UTF-8 in a command line");
  static final SmtpReply BAD_ARGUMENTS =
      SmtpReply.of(501, "5.5.4", "Syntax error in the arguments");
  static final SmtpReply NO_ARGUMENTS =
      SmtpReply.of(501, "5.5.4", "This command takes no arguments");
  static final SmtpReply BAD_HELO =
      SmtpReply.plain(501, "A domain or an address literal is needed");
  static final SmtpReply BAD_SENDER =
      SmtpReply.of(501, "5.1.7", "Bad syntax of the sender's address");
  static final SmtpReply BAD_RECIPIENT =
      SmtpReply.of(501, "5.1.3", "Bad syntax of the recipient's address");
  static final SmtpReply BAD_PARAMETER = SmtpReply.of(501, "5.5.4", "Bad value of a parameter");
  static final SmtpReply DUPLICATE_PARAMETER =
      SmtpReply.of(501, "5.5.4", "A parameter was given twice");
  static final SmtpReply UNKNOWN_PARAMETER =
      SmtpReply.of(555, "5.5.4", "A parameter is not recognized or not offered");
  static final SmtpReply BAD_BASE64 = SmtpReply.of(501, "5.5.2", "Cannot decode base64");
  static final SmtpReply NOT_IMPLEMENTED = SmtpReply.of(502, "5.5.1", "Command not implemented");
  static final SmtpReply NO_HELP =
      SmtpReply.of(504, "5.5.4", "No help for that; HELP lists the commands");

  // Sequence
  static final SmtpReply NEED_HELO = SmtpReply.of(503, "5.5.1", "Send EHLO or HELO first");
  static final SmtpReply NEED_MAIL = SmtpReply.of(503, "5.5.1", "Send MAIL first");
  static final SmtpReply NEED_RCPT = SmtpReply.of(503, "5.5.1", "Send RCPT first");
  static final SmtpReply NESTED_MAIL = SmtpReply.of(503, "5.5.1", "The sender was already given");
  static final SmtpReply CHUNKS_BEGUN =
      SmtpReply.of(503, "5.5.1", "The message was begun with BDAT; only BDAT or RSET may follow");
  static final SmtpReply BINARY_NEEDS_BDAT =
      SmtpReply.of(503, "5.5.1", "A message with BODY=BINARYMIME comes by BDAT only");
  static final SmtpReply NOT_IN_TRANSACTION =
      SmtpReply.of(503, "5.5.1", "Not allowed during a mail transaction");
  static final SmtpReply TLS_ACTIVE = SmtpReply.of(503, "5.5.1", "TLS is already active");
  static final SmtpReply ALREADY_AUTHENTICATED =
      SmtpReply.of(503, "5.5.1", "Already authenticated");
  static final SmtpReply NO_VALID_RECIPIENTS = SmtpReply.of(554, "5.5.1", "No valid recipients");

  // Authentication (RFC 4954 §6)
  static final SmtpReply AUTHENTICATION_REQUIRED =
      SmtpReply.of(530, "5.7.0", "Authentication required");
  static final SmtpReply ENCRYPTION_REQUIRED =
      SmtpReply.of(538, "5.7.11", "Encryption is required; send STARTTLS first");
  static final SmtpReply TLS_REQUIRED =
      SmtpReply.of(530, "5.7.10", "REQUIRETLS needs TLS; send STARTTLS first");
  static final SmtpReply UNKNOWN_MECHANISM =
      SmtpReply.of(504, "5.5.4", "Unknown authentication mechanism");
  static final SmtpReply BAD_CREDENTIALS =
      SmtpReply.of(535, "5.7.8", "Authentication credentials invalid");
  static final SmtpReply ACCOUNT_DISABLED = SmtpReply.of(525, "5.7.13", "The account is disabled");
  static final SmtpReply AUTHENTICATION_CANCELLED =
      SmtpReply.of(501, "5.7.0", "Authentication cancelled");
  static final SmtpReply AUTHENTICATION_MALFORMED =
      SmtpReply.of(501, "5.5.2", "Not the syntax of the mechanism");
  static final SmtpReply AUTHENTICATION_LINE_TOO_LONG =
      SmtpReply.of(500, "5.5.6", "Authentication exchange line is too long");
  static final SmtpReply AUTHENTICATION_UNAVAILABLE =
      SmtpReply.of(454, "4.7.0", "Temporary authentication failure, try later");

  // Envelope
  static final SmtpReply SENDER_NOT_OWN =
      SmtpReply.of(553, "5.7.1", "The sender's address does not belong to the authenticated user");
  static final SmtpReply POSTING_DENIED =
      SmtpReply.of(550, "5.7.2", "You may not write to this group");
  static final SmtpReply TOO_MANY_GROUPS =
      SmtpReply.of(452, "4.5.3", "Too many groups in one message");
  static final SmtpReply RELAY_DENIED = SmtpReply.of(550, "5.7.1", "Relaying denied");
  static final SmtpReply UNKNOWN_USER = SmtpReply.of(550, "5.1.1", "No such user here");
  static final SmtpReply USER_DISABLED = SmtpReply.of(550, "5.2.1", "The mailbox is disabled");

  /** RFC 5248 §2.4 registers the code; the session began before the account was closed. */
  static final SmtpReply SENDER_DISABLED =
      SmtpReply.of(525, "5.7.13", "Your account was closed; ask your postmaster");

  static final SmtpReply BAD_MAILBOX_NAME = SmtpReply.of(553, "5.1.3", "Mailbox name not allowed");
  static final SmtpReply NO_UTF8_ADDRESS =
      SmtpReply.of(553, "5.6.7", "Addresses beyond ASCII need the SMTPUTF8 parameter");
  static final SmtpReply TOO_MANY_RECIPIENTS = SmtpReply.of(452, "4.5.3", "Too many recipients");
  static final SmtpReply TOO_MANY_DOMAINS =
      SmtpReply.of(452, "4.5.3", "Too many domains of recipients");
  static final SmtpReply TOO_MANY_TRANSACTIONS =
      SmtpReply.of(452, "4.5.3", "Too many messages in this session; begin another one");
  static final SmtpReply HELD_TOO_LONG =
      SmtpReply.of(501, "5.5.4", "The message would be held for too long");
  static final SmtpReply MAILBOX_UNAVAILABLE =
      SmtpReply.of(450, "4.2.0", "The mailbox is unavailable now");
  static final SmtpReply MAILBOX_FULL = SmtpReply.of(452, "4.2.2", "The mailbox is full");
  static final SmtpReply TOO_BIG_FOR_MAILBOX =
      SmtpReply.of(552, "5.2.3", "The message is larger than the whole mailbox may be");
  static final SmtpReply AMBIGUOUS_USER =
      SmtpReply.of(553, "5.1.4", "Ambiguous; give the domain too");
  static final SmtpReply NOT_A_LIST = SmtpReply.of(550, "5.1.1", "No such list here");

  /** RFC 1985 §5.3. */
  static final SmtpReply ETRN_DENIED =
      SmtpReply.of(459, "4.7.1", "You may not start the queue; authenticate");

  // Content
  static final SmtpReply TOO_BIG =
      SmtpReply.of(552, "5.3.4", "The message is larger than the limit");
  static final SmtpReply HEADER_TOO_BIG =
      SmtpReply.of(552, "5.3.4", "The header is larger than the limit");
  static final SmtpReply BARE_LINE_END =
      SmtpReply.of(550, "5.6.0", "Bare <CR> or <LF> in the message; lines must end with <CR><LF>");
  static final SmtpReply NUL_IN_CONTENT = SmtpReply.of(550, "5.6.0", "NUL in the message");
  static final SmtpReply SIGNED_BINARY =
      SmtpReply.of(554, "5.6.3", "A signed part cannot be encoded, and binary is not stored");
  static final SmtpReply TOO_DEEP = SmtpReply.of(554, "5.6.0", "Too many parts in the message");
  static final SmtpReply LIST_LOOP =
      SmtpReply.of(554, "5.4.6", "The message was sent to this group already: the mail loops");
  static final SmtpReply STORE_UNAVAILABLE =
      SmtpReply.of(451, "4.3.0", "The mail store is unavailable");
  static final SmtpReply STORE_FULL =
      SmtpReply.of(452, "4.3.1", "Insufficient system storage, try later");
}

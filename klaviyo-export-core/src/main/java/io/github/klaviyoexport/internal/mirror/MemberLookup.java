package io.github.klaviyoexport.internal.mirror;

import io.github.klaviyoexport.internal.api.AddressQuery;
import io.github.klaviyoexport.internal.api.ListMember;
import io.github.klaviyoexport.internal.call.Reply;
import io.github.klaviyoexport.internal.call.Reply.Done;
import io.github.klaviyoexport.internal.call.Reply.Refused;
import io.github.klaviyoexport.internal.memory.RememberedMember;
import io.github.klaviyoexport.internal.row.Identifier;
import io.github.klaviyoexport.internal.run.RunContext;
import io.github.klaviyoexport.internal.run.StopCause;
import io.github.klaviyoexport.profile.ProfileField;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The look-up of remembered customers among the members of a list, a hundred a call and a few calls
 * at a time.
 *
 * <p>A member may show another address than it is found by. So where a call finds members that show
 * none of its addresses, those customers are looked up one by one that no member shows. If Klaviyo
 * refuses a call for what stands in it, its customers are looked up by halves, and one that is
 * refused by itself is no member. If a call fails otherwise, the run stops.
 */
final class MemberLookup {
  private static final int AT_ONCE = 4;
  private static final Set<Integer> REFUSED_FOR_ADDRESSES = Set.of(400, 413, 414, 431);

  private final RunContext run;
  private final Result result;
  private final Map<ProfileField, Group> gathered = new HashMap<>();
  private final Queue<Group> waiting = new ArrayDeque<>();
  private int underWay;
  private boolean complete;

  /** What hears what became of each customer. */
  interface Result {
    /** Hears that a customer is a member of the list; {@code null} if none. */
    void found(RememberedMember customer, @Nullable ListMember member);

    /** Hears that all customers were looked up. */
    void ended();
  }

  /** Customers that one call asks for. */
  private static final class Group {
    private final AddressQuery query;
    private final ProfileField kind;
    private final List<RememberedMember> customers = new ArrayList<>();

    Group(ProfileField kind) {
      this.kind = kind;
      this.query = new AddressQuery(kind);
    }

    boolean add(RememberedMember customer) {
      String text = text(customer);
      if (query.size() >= AddressQuery.MAX_ADDRESSES - 1 || !query.add(text)) {
        return false;
      }
      // It is unknown whether Klaviyo heeds the case of letters.
      String lower = text.toLowerCase(Locale.ROOT);
      if (!lower.equals(text)) {
        query.add(lower);
      }
      customers.add(customer);
      return true;
    }

    String text(RememberedMember customer) {
      String text = kind == ProfileField.EMAIL ? customer.email() : customer.phone();
      return text == null ? "" : text;
    }
  }

  /** Creates a look-up of no customer yet. */
  MemberLookup(RunContext run, Result result) {
    this.run = run;
    this.result = result;
  }

  /** Adds a customer that has an email address or a phone number. */
  void add(RememberedMember customer) {
    ProfileField kind = customer.email() == null ? ProfileField.PHONE_NUMBER : ProfileField.EMAIL;
    Group group = gathered.computeIfAbsent(kind, Group::new);
    if (!group.add(customer)) {
      waiting.add(group);
      gathered.put(kind, of(kind, customer));
    }
  }

  private static Group of(ProfileField kind, RememberedMember customer) {
    Group group = new Group(kind);
    group.add(customer);
    return group;
  }

  /** Looks those up that were added. */
  void begin() {
    waiting.addAll(gathered.values());
    gathered.clear();
    goOn();
  }

  private void goOn() {
    while (underWay < AT_ONCE && !waiting.isEmpty()) {
      underWay++;
      ask(waiting.remove());
    }
    if (underWay == 0 && !complete) {
      complete = true;
      result.ended();
    }
  }

  private void ask(Group group) {
    run.klaviyo().membersWith(run.list(), group.query, reply -> answered(group, reply));
  }

  private void answered(Group group, Reply<List<ListMember>> reply) {
    if (reply instanceof Done<List<ListMember>> done) {
      resolve(group, done.value());
    } else if (reply instanceof Refused<List<ListMember>> refused
        && REFUSED_FOR_ADDRESSES.contains(refused.status())) {
      refused(group);
    } else {
      run.stop(StopCause.of(reply, run.list()));
      return;
    }
    underWay--;
    goOn();
  }

  private void refused(Group group) {
    if (group.customers.size() == 1) {
      result.found(group.customers.get(0), null);
      return;
    }
    int half = group.customers.size() / 2;
    again(group.kind, group.customers.subList(0, half));
    again(group.kind, group.customers.subList(half, group.customers.size()));
  }

  private void again(ProfileField kind, List<RememberedMember> customers) {
    Group group = new Group(kind);
    customers.forEach(group::add);
    waiting.add(group);
  }

  private void resolve(Group group, List<ListMember> members) {
    Map<Identifier, ListMember> shown = new HashMap<>();
    for (ListMember member : members) {
      member.identifiers().forEach(identifier -> shown.put(identifier, member));
    }
    Set<String> strange = new HashSet<>();
    members.forEach(member -> strange.add(member.id()));
    List<RememberedMember> unseen = new ArrayList<>();
    for (RememberedMember customer : group.customers) {
      ListMember member = shown.get(Identifier.of(group.kind, group.text(customer)));
      if (member == null) {
        unseen.add(customer);
      } else {
        strange.remove(member.id());
        result.found(customer, member);
      }
    }
    for (RememberedMember customer : unseen) {
      if (strange.isEmpty()) {
        result.found(customer, null);
      } else if (group.customers.size() == 1) {
        result.found(customer, members.get(0));
      } else {
        again(group.kind, List.of(customer));
      }
    }
  }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-mdns-core.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"
#include "base/mesh-token-bucket.h"
#include "mdns/mesh-dns-message.h"
#include "mdns/mesh-mdns-cache.h"
#include "mdns/mesh-mdns-txt.h"

#define MAX_INTERVAL_US (100 * G_USEC_PER_SEC)
#define MAX_HOST_ADDRS 8 /* A and AAAA records in an answer */
#define N_ANNOUNCEMENTS 2
#define NEW_BURST 256
#define NEVER G_MAXINT64

/* What an answer is for; several make one packet. */
enum
{
  ANSWER_PEER = 1 << 0,    /* who offers the service */
  ANSWER_DETAILS = 1 << 1, /* our TXT, SRV and addresses by their own names */
  ANSWER_META = 1 << 2,    /* which services there are (RFC 6763 §9) */
};

typedef struct
{
  guint id;
  gint64 query_us;    /* next query */
  gint64 interval_us; /* from that one to the next */
  gint64 answer_us;   /* when what is in @answers is sent */
  gint64 answered_us; /* the last time */
  guint answers;
  guint n_announcements; /* still to be made */
  gint64 announce_us;
  GArray *wanted; /* (owned) (element-type MeshDnsName): whose TXT is to be asked for */
  MeshTokenBucket packets;
} Link;

struct MeshMdnsCore
{
  MeshDnsName service;
  MeshDnsName instance; /* PEER.SERVICE */
  MeshDnsName host;     /* PEER.p2p.local */
  MeshDnsName meta;     /* _services._dns-sd._udp.local */
  MeshPeerId *self;     /* (owned) */
  gint64 max_interval_us;
  gboolean allow_loopback;
  GPtrArray *links;     /* (owned) (element-type Link) */
  GPtrArray *addrs;     /* (owned) (element-type MeshMultiaddr): announced */
  GBytes *txt;          /* (owned) (nullable): %NULL: nothing to announce */
  MeshMdnsCache *cache; /* (owned) */
  MeshTokenBucket names;
  MeshRng rng;
  GQueue events; /* (element-type MeshMdnsEvent) */
  gboolean has_names;
};

static void
free_link (gpointer data)
{
  Link *link = data;

  g_array_unref (link->wanted);
  g_free (link);
}

MeshMdnsCore *
mesh_mdns_core_new (const MeshMdnsCoreConfig *config, GError **error)
{
  g_autoptr (MeshMdnsCore) core = g_new0 (MeshMdnsCore, 1);
  MeshDnsName host_parent;

  core->self = mesh_peer_id_ref (config->self);
  core->links = g_ptr_array_new_with_free_func (free_link);
  core->addrs = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  core->cache = mesh_mdns_cache_new ();
  g_queue_init (&core->events);
  core->max_interval_us
      = CLAMP (config->max_interval_us, MESH_MDNS_CORE_MIN_INTERVAL_US, MAX_INTERVAL_US);
  core->allow_loopback = config->allow_loopback;
  mesh_rng_init (&core->rng, config->seed);
  if (!mesh_dns_name_parse (&core->service, config->service)
      || !mesh_dns_name_parse (&host_parent, "p2p.local")
      || !mesh_dns_name_parse (&core->meta, "_services._dns-sd._udp.local")
      || !mesh_dns_name_child (&core->instance, config->peer_name, &core->service)
      || !mesh_dns_name_child (&core->host, config->peer_name, &host_parent))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "\"%s\" can not be announced as a service", config->service);
      return NULL;
    }
  return g_steal_pointer (&core);
}

static void
free_event (gpointer data)
{
  mesh_mdns_core_clear_event (data);
  g_free (data);
}

void
mesh_mdns_core_free (MeshMdnsCore *core)
{
  mesh_peer_id_unref (core->self);
  g_ptr_array_unref (core->links);
  g_ptr_array_unref (core->addrs);
  g_clear_pointer (&core->txt, g_bytes_unref);
  mesh_mdns_cache_free (core->cache);
  g_queue_clear_full (&core->events, free_event);
  g_free (core);
}

/* ---- events ---- */

void
mesh_mdns_core_clear_event (MeshMdnsEvent *event)
{
  g_clear_pointer (&event->packet, g_bytes_unref);
  g_clear_pointer (&event->peer, mesh_peer_id_unref);
  g_clear_pointer (&event->addrs, g_ptr_array_unref);
}

static MeshMdnsEvent *
push_event (MeshMdnsCore *core, MeshMdnsEventKind kind)
{
  MeshMdnsEvent *event = g_new0 (MeshMdnsEvent, 1);

  event->kind = kind;
  g_queue_push_tail (&core->events, event);
  return event;
}

gboolean
mesh_mdns_core_poll_event (MeshMdnsCore *core, MeshMdnsEvent *event)
{
  MeshMdnsEvent *first = g_queue_pop_head (&core->events);

  if (first == NULL)
    return FALSE;
  *event = *first;
  g_free (first);
  return TRUE;
}

static void
push_packet (MeshMdnsCore *core, const Link *link, const MeshDnsMessage *message)
{
  MeshMdnsEvent *event = push_event (core, MESH_MDNS_EVENT_SEND);

  event->link = link->id;
  event->packet = mesh_dns_message_encode (message);
}

/* Takes over @peer. */
static void
push_lost (MeshMdnsCore *core, MeshPeerId *peer)
{
  push_event (core, MESH_MDNS_EVENT_LOST)->peer = peer;
}

/* ---- saying ---- */

static void
send_query (MeshMdnsCore *core, Link *link, gint64 now_us)
{
  g_autoptr (MeshDnsMessage) query = mesh_dns_message_new (FALSE);
  guint n_known = 0;

  mesh_dns_message_add_question (query, &core->service, MESH_DNS_TYPE_PTR);
  /* RFC 6762 §7.1: who was heard of lately need not answer. */
  for (guint i = 0; i < mesh_mdns_cache_get_n_peers (core->cache)
                    && n_known < MESH_MDNS_CORE_MAX_KNOWN;
       i++)
    {
      const MeshMdnsPeer *peer = mesh_mdns_cache_at (core->cache, i);

      if (peer->expires_us - now_us <= (peer->expires_us - peer->heard_us) / 2)
        continue;
      n_known++;
      mesh_dns_message_add_ptr (query, MESH_DNS_SECTION_ANSWER, &core->service,
                                (guint32) ((peer->expires_us - now_us) / G_USEC_PER_SEC),
                                &peer->name);
    }
  push_packet (core, link, query);
}

static void
ask_details (MeshMdnsCore *core, Link *link)
{
  g_autoptr (MeshDnsMessage) query = mesh_dns_message_new (FALSE);

  for (guint i = 0; i < link->wanted->len; i++)
    mesh_dns_message_add_question (query, &g_array_index (link->wanted, MeshDnsName, i),
                                   MESH_DNS_TYPE_TXT);
  if (link->wanted->len > 0)
    push_packet (core, link, query);
  g_array_set_size (link->wanted, 0);
}

/* The port of the first address that has one, for SRV. */
static guint16
first_port (const MeshMdnsCore *core)
{
  for (guint i = 0; i < core->addrs->len; i++)
    {
      MeshMultiaddrComponent component;
      const MeshMultiaddr *addr = g_ptr_array_index (core->addrs, i);

      if (mesh_multiaddr_find (addr, MESH_MULTIADDR_TCP, &component)
          || mesh_multiaddr_find (addr, MESH_MULTIADDR_UDP, &component))
        return (guint16) (component.data[0] << 8 | component.data[1]);
    }
  return 0;
}

static void
add_host_addrs (MeshMdnsCore *core,
                MeshDnsMessage *message,
                MeshDnsSection section,
                guint32 ttl_s)
{
  g_autoptr (GPtrArray) done
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < core->addrs->len && done->len < MAX_HOST_ADDRS; i++)
    {
      MeshMultiaddrComponent first;
      g_autoptr (GBytes) ip = NULL;

      mesh_multiaddr_get_component (g_ptr_array_index (core->addrs, i), 0, &first);
      ip = g_bytes_new (first.data, first.len);
      if (g_ptr_array_find_with_equal_func (done, ip, g_bytes_equal, NULL))
        continue;
      mesh_dns_message_add_data (
          message, section, &core->host,
          first.protocol == MESH_MULTIADDR_IP4 ? MESH_DNS_TYPE_A : MESH_DNS_TYPE_AAAA,
          ttl_s, ip);
      g_ptr_array_add (done, g_steal_pointer (&ip));
    }
}

static void
send_answer (MeshMdnsCore *core, Link *link, guint answers, guint32 ttl_s)
{
  g_autoptr (MeshDnsMessage) message = mesh_dns_message_new (TRUE);
  MeshDnsSection details = MESH_DNS_SECTION_ADDITIONAL;

  if (core->txt == NULL || answers == 0)
    return;
  if ((answers & ANSWER_META) != 0)
    mesh_dns_message_add_ptr (message, MESH_DNS_SECTION_ANSWER, &core->meta, ttl_s,
                              &core->service);
  if ((answers & ANSWER_PEER) != 0)
    mesh_dns_message_add_ptr (message, MESH_DNS_SECTION_ANSWER, &core->service, ttl_s,
                              &core->instance);
  if ((answers & ANSWER_DETAILS) != 0)
    details = MESH_DNS_SECTION_ANSWER;
  if ((answers & (ANSWER_DETAILS | ANSWER_PEER)) != 0)
    {
      mesh_dns_message_add_data (message, details, &core->instance, MESH_DNS_TYPE_TXT,
                                 ttl_s, core->txt);
      mesh_dns_message_add_srv (message, details, &core->instance, ttl_s, &core->host,
                                first_port (core));
      add_host_addrs (core, message, details, ttl_s);
    }
  push_packet (core, link, message);
}

/* ---- links ---- */

static Link *
find_link (MeshMdnsCore *core, guint id, guint *index)
{
  for (guint i = 0; i < core->links->len; i++)
    {
      Link *link = g_ptr_array_index (core->links, i);

      if (index != NULL)
        *index = i;
      if (link->id == id)
        return link;
    }
  return NULL;
}

static void
announce (MeshMdnsCore *core, Link *link, gint64 now_us)
{
  link->n_announcements = core->txt != NULL ? N_ANNOUNCEMENTS : 0;
  link->announce_us = now_us;
}

gboolean
mesh_mdns_core_add_link (MeshMdnsCore *core, guint id, gint64 now_us)
{
  Link *link = find_link (core, id, NULL);

  if (link != NULL)
    return TRUE;
  if (core->links->len >= MESH_MDNS_CORE_MAX_LINKS)
    return FALSE;
  if (!core->has_names)
    mesh_token_bucket_init (&core->names, MESH_MDNS_CORE_NEW_PER_S, NEW_BURST, now_us);
  core->has_names = TRUE;
  link = g_new0 (Link, 1);
  link->id = id;
  link->query_us = now_us;
  link->interval_us = MESH_MDNS_CORE_MIN_INTERVAL_US;
  link->answer_us = NEVER;
  link->answered_us = now_us - MESH_MDNS_CORE_MIN_ANSWER_US;
  link->wanted = g_array_new (FALSE, FALSE, sizeof (MeshDnsName));
  mesh_token_bucket_init (&link->packets, MESH_MDNS_CORE_PACKETS_PER_S,
                          3 * MESH_MDNS_CORE_PACKETS_PER_S, now_us);
  announce (core, link, now_us);
  g_ptr_array_add (core->links, link);
  mesh_mdns_core_handle_timeout (core, now_us);
  return TRUE;
}

void
mesh_mdns_core_remove_link (MeshMdnsCore *core, guint id)
{
  guint index;

  if (find_link (core, id, &index) != NULL)
    g_ptr_array_remove_index (core->links, index);
}

static gboolean
is_same (GBytes *a, GBytes *b)
{
  return a == b || (a != NULL && b != NULL && g_bytes_equal (a, b));
}

void
mesh_mdns_core_set_addresses (MeshMdnsCore *core, const GPtrArray *addrs, gint64 now_us)
{
  g_autoptr (GPtrArray) selected
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  g_autoptr (GBytes) txt = mesh_mdns_txt_encode (addrs, core->allow_loopback, selected);

  if (is_same (txt, core->txt))
    return;
  if (txt == NULL)
    mesh_mdns_core_stop (core);
  g_clear_pointer (&core->txt, g_bytes_unref);
  core->txt = g_steal_pointer (&txt);
  g_ptr_array_unref (core->addrs);
  core->addrs = g_steal_pointer (&selected);
  for (guint i = 0; i < core->links->len; i++)
    announce (core, g_ptr_array_index (core->links, i), now_us);
  mesh_mdns_core_handle_timeout (core, now_us);
}

void
mesh_mdns_core_stop (MeshMdnsCore *core)
{
  for (guint i = 0; i < core->links->len; i++)
    {
      Link *link = g_ptr_array_index (core->links, i);

      send_answer (core, link, ANSWER_PEER, 0);
      link->answers = 0;
      link->answer_us = NEVER;
      link->n_announcements = 0;
    }
}

/* ---- hearing: queries ---- */

static guint
answers_for (const MeshMdnsCore *core, const MeshDnsQuestion *question)
{
  gboolean is_any = question->type == MESH_DNS_TYPE_ANY;

  if (question->klass != MESH_DNS_CLASS_IN && question->klass != MESH_DNS_CLASS_ANY)
    return 0;
  if (is_any || question->type == MESH_DNS_TYPE_PTR)
    {
      if (mesh_dns_name_equal (&question->name, &core->service))
        return ANSWER_PEER;
      if (mesh_dns_name_equal (&question->name, &core->meta))
        return ANSWER_META;
    }
  if ((is_any || question->type == MESH_DNS_TYPE_TXT
       || question->type == MESH_DNS_TYPE_SRV)
      && mesh_dns_name_equal (&question->name, &core->instance))
    return ANSWER_DETAILS;
  if ((is_any || question->type == MESH_DNS_TYPE_A
       || question->type == MESH_DNS_TYPE_AAAA)
      && mesh_dns_name_equal (&question->name, &core->host))
    return ANSWER_DETAILS;
  return 0;
}

/* RFC 6762 §7.1: the asker knows us, for at least half of our TTL. */
static gboolean
knows_us (const MeshMdnsCore *core, const MeshDnsMessage *query)
{
  for (guint i = 0; i < query->records->len; i++)
    {
      const MeshDnsRecord *record = &g_array_index (query->records, MeshDnsRecord, i);

      if (record->section == MESH_DNS_SECTION_ANSWER && record->type == MESH_DNS_TYPE_PTR
          && record->ttl_s >= MESH_MDNS_CORE_TTL_S / 2
          && mesh_dns_name_equal (&record->name, &core->service)
          && mesh_dns_name_equal (&record->target, &core->instance))
        return TRUE;
    }
  return FALSE;
}

static gint64
jitter (MeshMdnsCore *core, gint64 least_us, gint64 most_us)
{
  return least_us + (gint64) mesh_rng_below (&core->rng, (guint64) (most_us - least_us));
}

static void
plan_answer (MeshMdnsCore *core,
             Link *link,
             guint answers,
             gboolean is_truncated,
             gint64 now_us)
{
  /* More known answers follow a truncated query (RFC 6762 §7.2). */
  gint64 wait_us
      = is_truncated ? jitter (core, 400000, 500000) : jitter (core, 20000, 120000);
  gint64 due_us
      = MAX (now_us + wait_us, link->answered_us + MESH_MDNS_CORE_MIN_ANSWER_US);

  link->answers |= answers;
  link->answer_us = MIN (link->answer_us, due_us);
}

static void
take_query (MeshMdnsCore *core, Link *link, const MeshDnsMessage *query, gint64 now_us)
{
  guint answers = 0;

  for (guint i = 0; i < query->questions->len; i++)
    answers |= answers_for (core, &g_array_index (query->questions, MeshDnsQuestion, i));
  /* RFC 6762 §7.3: all answer this one, and everybody hears it. */
  if ((answers & ANSWER_PEER) != 0 && query->records->len == 0
      && link->interval_us >= core->max_interval_us)
    link->query_us = MAX (link->query_us, now_us + link->interval_us * 8 / 10
                                              + jitter (core, 0, link->interval_us / 5));
  if (knows_us (core, query))
    answers &= ~(guint) ANSWER_PEER;
  if (answers != 0 && core->txt != NULL)
    plan_answer (core, link, answers, query->is_truncated, now_us);
}

/* ---- hearing: answers ---- */

typedef struct
{
  const MeshDnsMessage *message; /* (unowned) */
  const guint8 *source;          /* (unowned) */
  gsize source_len;
  gint64 now_us;
} Heard;

/* Everything the message says of one name. */
static void
take_txt (MeshMdnsCore *core, const Heard *heard, const MeshDnsName *name)
{
  g_auto (MeshMdnsTxt) txt = { NULL };
  guint32 ttl_s = G_MAXUINT32;
  MeshMdnsEvent *event;

  for (guint i = 0; i < heard->message->records->len; i++)
    {
      const MeshDnsRecord *record
          = &g_array_index (heard->message->records, MeshDnsRecord, i);
      const guint8 *data;
      gsize len;

      if (record->type != MESH_DNS_TYPE_TXT || record->klass != MESH_DNS_CLASS_IN
          || !mesh_dns_name_equal (&record->name, name))
        continue;
      data = g_bytes_get_data (record->data, &len);
      mesh_mdns_txt_read (&txt, data, len, heard->source, heard->source_len,
                          core->allow_loopback);
      ttl_s = MIN (ttl_s, record->ttl_s);
    }
  if (txt.peer == NULL || txt.is_bad || ttl_s == 0
      || mesh_peer_id_equal (txt.peer, core->self)
      || (mesh_mdns_cache_find (core->cache, name) == NULL
          && !mesh_token_bucket_take (&core->names, 1, heard->now_us))
      || !mesh_mdns_cache_hear (core->cache, name, txt.peer, txt.addrs, ttl_s,
                                heard->now_us))
    return;
  event = push_event (core, MESH_MDNS_EVENT_FOUND);
  event->peer = mesh_peer_id_ref (txt.peer);
  event->addrs = g_ptr_array_ref (txt.addrs);
}

static gboolean
has_txt (const MeshDnsMessage *message, const MeshDnsName *name, guint end)
{
  for (guint i = 0; i < end; i++)
    {
      const MeshDnsRecord *record = &g_array_index (message->records, MeshDnsRecord, i);

      if (record->type == MESH_DNS_TYPE_TXT && mesh_dns_name_equal (&record->name, name))
        return TRUE;
    }
  return FALSE;
}

/* "NAME offers the service": without the addresses when those did not fit, or when the
 * responder leaves out what was not asked for. */
static void
take_ptr (MeshMdnsCore *core, Link *link, const Heard *heard, const MeshDnsRecord *record)
{
  if (record->ttl_s == 0)
    {
      MeshPeerId *peer = mesh_mdns_cache_forget (core->cache, &record->target);

      if (peer != NULL)
        push_lost (core, peer);
      return;
    }
  if (has_txt (heard->message, &record->target, heard->message->records->len)
      || mesh_mdns_cache_refresh (core->cache, &record->target, record->ttl_s,
                                  heard->now_us)
      || link->wanted->len >= MESH_DNS_MESSAGE_MAX_QUESTIONS
      || !mesh_token_bucket_take (&core->names, 1, heard->now_us))
    return;
  g_array_append_val (link->wanted, record->target);
}

static void
take_answer (MeshMdnsCore *core, Link *link, const Heard *heard)
{
  const GArray *records = heard->message->records;
  guint n_names = 0;

  for (guint i = 0; i < records->len && n_names < MESH_MDNS_CORE_MAX_NAMES; i++)
    {
      const MeshDnsRecord *record = &g_array_index (records, MeshDnsRecord, i);
      gboolean is_ptr = record->type == MESH_DNS_TYPE_PTR;
      const MeshDnsName *name = is_ptr ? &record->target : &record->name;

      if (record->klass != MESH_DNS_CLASS_IN
          || (is_ptr ? !mesh_dns_name_equal (&record->name, &core->service)
                     : record->type != MESH_DNS_TYPE_TXT)
          || !mesh_dns_name_is_child (name, &core->service)
          || mesh_dns_name_equal (name, &core->instance))
        continue;
      n_names++;
      if (is_ptr)
        take_ptr (core, link, heard, record);
      else if (!has_txt (heard->message, name, i))
        take_txt (core, heard, name);
    }
  ask_details (core, link);
}

gboolean
mesh_mdns_core_handle_packet (MeshMdnsCore *core,
                              guint id,
                              const guint8 *source,
                              gsize source_len,
                              const guint8 *data,
                              gsize len,
                              gint64 now_us,
                              GError **error)
{
  Link *link = find_link (core, id, NULL);
  g_autoptr (MeshDnsMessage) message = NULL;
  Heard heard = { NULL, source, source_len, now_us };

  if (link == NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_NOT_FOUND, "The link is not in use");
      return FALSE;
    }
  if (!mesh_token_bucket_take (&link->packets, 1, now_us))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_BUSY,
                   "There are too many multicast DNS packets on this network");
      return FALSE;
    }
  message = mesh_dns_message_decode (data, len, error);
  if (message == NULL)
    return FALSE;
  heard.message = message;
  if (message->is_response)
    take_answer (core, link, &heard);
  else
    take_query (core, link, message, now_us);
  return TRUE;
}

/* ---- time ---- */

static gint64
link_deadline_us (const Link *link)
{
  gint64 next_us = MIN (link->query_us, link->answer_us);

  return link->n_announcements > 0 ? MIN (next_us, link->announce_us) : next_us;
}

gint64
mesh_mdns_core_next_deadline_us (const MeshMdnsCore *core)
{
  gint64 next_us = mesh_mdns_cache_next_expiry_us (core->cache);

  for (guint i = 0; i < core->links->len; i++)
    next_us = MIN (next_us, link_deadline_us (g_ptr_array_index (core->links, i)));
  return next_us;
}

static void
run_link (MeshMdnsCore *core, Link *link, gint64 now_us)
{
  if (link->query_us <= now_us)
    {
      send_query (core, link, now_us);
      link->query_us = now_us + link->interval_us;
      if (link->interval_us == core->max_interval_us)
        link->query_us -= jitter (core, 0, link->interval_us / 10);
      link->interval_us = MIN (link->interval_us * 2, core->max_interval_us);
    }
  if (link->n_announcements > 0 && link->announce_us <= now_us)
    {
      link->n_announcements--;
      link->announce_us = now_us + G_USEC_PER_SEC;
      link->answers |= ANSWER_PEER;
      link->answer_us = now_us;
    }
  if (link->answer_us <= now_us)
    {
      guint answers = link->answers;

      link->answers = 0;
      link->answer_us = NEVER;
      link->answered_us = now_us;
      send_answer (core, link, answers, MESH_MDNS_CORE_TTL_S);
    }
}

void
mesh_mdns_core_handle_timeout (MeshMdnsCore *core, gint64 now_us)
{
  g_autoptr (GPtrArray) gone = mesh_mdns_cache_expire (core->cache, now_us);

  for (guint i = 0; i < gone->len; i++)
    push_lost (core, mesh_peer_id_ref (g_ptr_array_index (gone, i)));
  for (guint i = 0; i < core->links->len; i++)
    run_link (core, g_ptr_array_index (core->links, i), now_us);
}

guint
mesh_mdns_core_get_n_peers (const MeshMdnsCore *core)
{
  return mesh_mdns_cache_get_n_peers (core->cache);
}

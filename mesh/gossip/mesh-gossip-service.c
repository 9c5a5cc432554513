/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* The core in the middle, a link for each peer around it. Everything that happens ends in
 * pump(), which alone calls back, so that what a callback does to the service never meets
 * it in the middle of something. Owned by the node; mesh_gossip_service_stop() ends it.
 */
#include "config.h"

#include "gossip/mesh-gossip-service.h"

#include <sodium.h>

#include "base/mesh-error.h"
#include "gossip/mesh-gossip-link.h"

static const char *const all_protocols[]
    = { MESH_GOSSIP_PROTOCOL_1_1_0, MESH_GOSSIP_PROTOCOL_1_0_0, NULL };

/* Its message ids are of another form; a peer that hides its kind is found out by the
 * first id it sends. */
#define JS_AGENT_PREFIX "js-libp2p/"

typedef struct
{
  grefcount ref_count;
  MeshGossipValidator validator; /* (nullable) */
  MeshGossipReceiver receiver;   /* (nullable) */
  gpointer user_data;
  GDestroyNotify destroy; /* (nullable) */
} Subscription;

/* A source that is ready at the deadline of the core. */
typedef struct
{
  GSource source;
  MeshGossipService *service; /* (unowned) */
} Timer;

struct _MeshGossipService
{
  GObject parent_instance;

  MeshHost *host;               /* (owned) (nullable): until stopped */
  MeshGossip *gossip;           /* (owned) */
  const char *const *protocols; /* (unowned): into all_protocols */
  GHashTable *links;            /* (owned) (element-type MeshPeerId MeshGossipLink) */
  GHashTable *subscriptions;    /* (owned) (element-type utf8 Subscription) */
  GSource *timer;               /* (owned) (nullable): until stopped */
  gsize max_rpc_bytes;
  gboolean is_pumping;
};

G_DEFINE_FINAL_TYPE (MeshGossipService, mesh_gossip_service, G_TYPE_OBJECT)

enum
{
  PEER_EXCHANGE,
  MESH_CHANGED,
  SUBSCRIBERS_CHANGED,
  GRAYLISTED,
  CONNECT_WANTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void pump (MeshGossipService *self);

static gboolean
is_stopped (const MeshGossipService *self)
{
  return self->host == NULL;
}

/* Subscriptions. */

static void
subscription_unref (gpointer data)
{
  Subscription *subscription = data;

  if (!g_ref_count_dec (&subscription->ref_count))
    return;
  if (subscription->destroy != NULL)
    subscription->destroy (subscription->user_data);
  g_free (subscription);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Subscription, subscription_unref)

/* Returns: (transfer full) (nullable): kept over a callback that may leave the topic. */
static Subscription *
hold_subscription (MeshGossipService *self, const char *topic)
{
  Subscription *subscription = g_hash_table_lookup (self->subscriptions, topic);

  if (subscription != NULL)
    g_ref_count_inc (&subscription->ref_count);
  return subscription;
}

/* Events of the core. */

static MeshGossipDelivery
get_delivery (const MeshGossipEvent *event)
{
  return (MeshGossipDelivery){ .handle = event->handle,
                               .topic = event->topic,
                               .from = event->peer,
                               .author = event->author,
                               .seqno = event->seqno,
                               .data = event->data,
                               .id = event->id };
}

static void
handle_validate (MeshGossipService *self, const MeshGossipEvent *event)
{
  g_autoptr (Subscription) subscription = hold_subscription (self, event->topic);
  const MeshGossipDelivery delivery = get_delivery (event);
  MeshGossipVerdict verdict = MESH_GOSSIP_IGNORE;

  if (subscription != NULL && subscription->validator != NULL
      && !subscription->validator (self, &delivery, &verdict, subscription->user_data))
    return; /* later */
  mesh_gossip_validated (self->gossip, event->handle, verdict, g_get_monotonic_time ());
}

static void
handle_deliver (MeshGossipService *self, const MeshGossipEvent *event)
{
  g_autoptr (Subscription) subscription = hold_subscription (self, event->topic);
  const MeshGossipDelivery delivery = get_delivery (event);

  if (subscription != NULL && subscription->receiver != NULL)
    subscription->receiver (self, &delivery, subscription->user_data);
}

static void
handle_send (MeshGossipService *self, const MeshGossipEvent *event)
{
  MeshGossipLink *link = g_hash_table_lookup (self->links, event->peer);

  if (link == NULL)
    return;
  mesh_gossip_set_peer_busy (self->gossip, event->peer, TRUE);
  mesh_gossip_link_send (link, event->bytes);
}

static void
handle_event (MeshGossipService *self, const MeshGossipEvent *event)
{
  switch (event->type)
    {
    case MESH_GOSSIP_EVENT_SEND:
      handle_send (self, event);
      return;
    case MESH_GOSSIP_EVENT_VALIDATE:
      handle_validate (self, event);
      return;
    case MESH_GOSSIP_EVENT_DELIVER:
      handle_deliver (self, event);
      return;
    case MESH_GOSSIP_EVENT_PX:
      g_signal_emit (self, signals[PEER_EXCHANGE], 0, event->topic, event->px);
      return;
    case MESH_GOSSIP_EVENT_GRAYLISTED:
      g_debug ("gossip: %s is not listened to any more",
               mesh_peer_id_to_string (event->peer));
      g_signal_emit (self, signals[GRAYLISTED], 0, event->peer);
      return;
    case MESH_GOSSIP_EVENT_CONNECT:
      g_signal_emit (self, signals[CONNECT_WANTED], 0, event->peer);
      return;
    case MESH_GOSSIP_EVENT_GRAFTED:
    case MESH_GOSSIP_EVENT_PRUNED:
      g_signal_emit (self, signals[MESH_CHANGED], 0, event->topic);
      return;
    case MESH_GOSSIP_EVENT_JOINED:
    case MESH_GOSSIP_EVENT_LEFT:
      g_signal_emit (self, signals[SUBSCRIBERS_CHANGED], 0, event->topic);
      return;
    case MESH_GOSSIP_EVENT_NONE:
    default:
      g_assert_not_reached ();
    }
}

static void
arm_timer (MeshGossipService *self)
{
  gint64 deadline_us = mesh_gossip_next_deadline_us (self->gossip);

  g_source_set_ready_time (self->timer, deadline_us == G_MAXINT64 ? -1 : deadline_us);
}

static void
pump (MeshGossipService *self)
{
  g_autoptr (MeshGossipService) guard = NULL;
  MeshGossipEvent event;

  if (self->is_pumping || is_stopped (self))
    return;
  guard = g_object_ref (self);
  self->is_pumping = TRUE;
  while (!is_stopped (self) && mesh_gossip_poll_event (self->gossip, &event))
    {
      handle_event (self, &event);
      mesh_gossip_event_clear (&event);
    }
  self->is_pumping = FALSE;
  if (!is_stopped (self))
    arm_timer (self);
}

static gboolean
timer_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  MeshGossipService *self = ((Timer *) source)->service;

  g_source_set_ready_time (source, -1);
  mesh_gossip_handle_timeout (self->gossip, g_get_monotonic_time ());
  pump (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs timer_funcs = { .dispatch = timer_dispatch };

/* Links. */

static void
forget_peer (MeshGossipService *self, MeshPeerId *peer)
{
  g_autoptr (MeshPeerId) id = mesh_peer_id_ref (peer);

  if (g_hash_table_remove (self->links, id))
    mesh_gossip_remove_peer (self->gossip, id, g_get_monotonic_time ());
}

static gboolean
link_received (MeshGossipLink *link, GBytes *rpc, gpointer user_data)
{
  MeshGossipService *self = user_data;
  g_autoptr (MeshPeerId) peer = mesh_peer_id_ref (mesh_gossip_link_get_peer (link));
  g_autoptr (GError) error = NULL;

  if (!mesh_gossip_handle_rpc (self->gossip, peer, rpc, g_get_monotonic_time (), &error))
    {
      g_debug ("gossip: %s: %s", mesh_peer_id_to_string (peer), error->message);
      pump (self);
      return FALSE;
    }
  pump (self);
  return TRUE;
}

static void
link_opened (MeshGossipLink *link, MeshGossipVersion version, gpointer user_data)
{
  MeshGossipService *self = user_data;

  mesh_gossip_set_peer_version (self->gossip, mesh_gossip_link_get_peer (link), version);
}

static void
link_sent (MeshGossipLink *link, gpointer user_data)
{
  MeshGossipService *self = user_data;

  mesh_gossip_set_peer_busy (self->gossip, mesh_gossip_link_get_peer (link), FALSE);
  pump (self);
}

static void
link_lost (MeshGossipLink *link, gpointer user_data)
{
  MeshGossipService *self = user_data;
  MeshPeerId *peer = mesh_gossip_link_get_peer (link);

  mesh_gossip_set_peer_busy (self->gossip, peer, FALSE);
  mesh_gossip_reset_peer (self->gossip, peer);
  pump (self);
}

static void
link_failed (MeshGossipLink *link, const GError *error, gpointer user_data)
{
  MeshGossipService *self = user_data;
  MeshPeerId *peer = mesh_gossip_link_get_peer (link);

  g_debug ("gossip: lost %s: %s", mesh_peer_id_to_string (peer), error->message);
  forget_peer (self, peer);
  pump (self);
}

static const MeshGossipLinkFuncs link_funcs
    = { link_received, link_opened, link_sent, link_lost, link_failed };

/* Peers. */

static gboolean
supports (const MeshGossipService *self, MeshConnection *connection)
{
  for (guint i = 0; self->protocols[i] != NULL; i++)
    if (mesh_connection_supports (connection, self->protocols[i]))
      return TRUE;
  return FALSE;
}

/* The address of the peer itself: behind a relay it is not known. */
static gboolean
get_ip (MeshConnection *connection, MeshMultiaddrComponent *ip)
{
  const MeshMultiaddr *addr = mesh_connection_get_remote_addr (connection);

  return !mesh_multiaddr_find (addr, MESH_MULTIADDR_P2P_CIRCUIT, NULL)
         && (mesh_multiaddr_find (addr, MESH_MULTIADDR_IP4, ip)
             || mesh_multiaddr_find (addr, MESH_MULTIADDR_IP6, ip));
}

/* Returns: (transfer none) (nullable): %NULL when there are too many peers. */
static MeshGossipLink *
ensure_peer (MeshGossipService *self, MeshConnection *connection)
{
  MeshPeerId *peer = mesh_connection_get_peer_id (connection);
  MeshGossipLink *link = g_hash_table_lookup (self->links, peer);
  MeshMultiaddrComponent ip = { 0 };
  g_autoptr (GError) error = NULL;

  if (link != NULL)
    return link;
  get_ip (connection, &ip);
  if (!mesh_gossip_add_peer (self->gossip, peer, ip.data, ip.len,
                             mesh_connection_get_direction (connection)
                                 == MESH_DIRECTION_OUTBOUND,
                             MESH_GOSSIP_VERSION_1_1_0, g_get_monotonic_time (), &error))
    {
      g_debug ("gossip: %s", error->message);
      return NULL;
    }
  link = mesh_gossip_link_new (self->host, peer, self->protocols, self->max_rpc_bytes,
                               &link_funcs, self);
  g_hash_table_insert (self->links, mesh_peer_id_ref (peer), link);
  return link;
}

static void
identified_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  MeshGossipService *self = user_data;
  MeshPeerId *peer = mesh_connection_get_peer_id (connection);
  const MeshPeerInfo *info = mesh_connection_get_peer_info (connection);

  if (is_stopped (self) || info == NULL)
    return;
  if (!supports (self, connection))
    forget_peer (self, peer);
  else if (ensure_peer (self, connection) != NULL)
    {
      mesh_gossip_set_peer_record (self->gossip, peer, info->signed_record);
      if (info->agent_version != NULL
          && g_str_has_prefix (info->agent_version, JS_AGENT_PREFIX))
        mesh_gossip_set_peer_id_form (self->gossip, peer, MESH_GOSSIP_ID_OF_KEY);
    }
  pump (self);
}

static void
disconnected_cb (MeshHost *host, MeshConnection *connection, gpointer user_data)
{
  MeshGossipService *self = user_data;
  MeshPeerId *peer = mesh_connection_get_peer_id (connection);
  MeshConnection *other;

  if (is_stopped (self))
    return;
  forget_peer (self, peer);
  other = mesh_host_find_connection (host, peer); /* one that took its place */
  if (other != NULL && other != connection && supports (self, other))
    ensure_peer (self, other);
  pump (self);
}

static void
stream_handler (MeshStream *stream, gpointer user_data)
{
  MeshGossipService *self = user_data;
  MeshConnection *connection = mesh_stream_get_connection (stream);
  MeshGossipLink *link = NULL;

  if (connection != NULL && !is_stopped (self))
    link = ensure_peer (self, connection);
  if (link == NULL)
    {
      mesh_stream_reset (stream);
      g_object_unref (stream);
      return;
    }
  mesh_gossip_link_take_stream (link, stream);
  pump (self);
}

/* Life. */

void
mesh_gossip_service_stop (MeshGossipService *self)
{
  g_autoptr (MeshHost) host = NULL;

  if (is_stopped (self))
    return;
  host = g_steal_pointer (&self->host);
  g_signal_handlers_disconnect_by_data (host, self);
  for (guint i = 0; self->protocols[i] != NULL; i++)
    mesh_host_set_handler (host, self->protocols[i], NULL, NULL, NULL);
  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  g_hash_table_remove_all (self->links);
  g_hash_table_remove_all (self->subscriptions);
}

static void
mesh_gossip_service_dispose (GObject *object)
{
  mesh_gossip_service_stop (MESH_GOSSIP_SERVICE (object));
  G_OBJECT_CLASS (mesh_gossip_service_parent_class)->dispose (object);
}

static void
mesh_gossip_service_finalize (GObject *object)
{
  MeshGossipService *self = MESH_GOSSIP_SERVICE (object);

  g_hash_table_unref (self->links);
  g_hash_table_unref (self->subscriptions);
  g_clear_pointer (&self->gossip, mesh_gossip_free);
  G_OBJECT_CLASS (mesh_gossip_service_parent_class)->finalize (object);
}

static void
mesh_gossip_service_class_init (MeshGossipServiceClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = mesh_gossip_service_dispose;
  G_OBJECT_CLASS (klass)->finalize = mesh_gossip_service_finalize;

  signals[PEER_EXCHANGE]
      = g_signal_new ("peer-exchange", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_PTR_ARRAY);
  signals[MESH_CHANGED] = g_signal_new ("mesh-changed", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                        NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SUBSCRIBERS_CHANGED]
      = g_signal_new ("subscribers-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[GRAYLISTED] = g_signal_new ("graylisted", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[CONNECT_WANTED]
      = g_signal_new ("connect-wanted", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                      G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
mesh_gossip_service_init (MeshGossipService *self)
{
  self->links = g_hash_table_new_full (mesh_peer_id_hash, mesh_peer_id_equal,
                                       (GDestroyNotify) mesh_peer_id_unref,
                                       (GDestroyNotify) mesh_gossip_link_close);
  self->subscriptions
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, subscription_unref);
}

static gboolean
exempt_nets (MeshGossip *gossip, const char *const *nets, GError **error)
{
  for (guint i = 0; nets != NULL && nets[i] != NULL; i++)
    {
      g_autoptr (GInetAddressMask) mask
          = g_inet_address_mask_new_from_string (nets[i], error);
      GInetAddress *address;

      if (mask == NULL)
        {
          g_clear_error (error);
          g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                       "“%s” is no network: write it as 10.0.0.0/8", nets[i]);
          return FALSE;
        }
      address = g_inet_address_mask_get_address (mask);
      if (!mesh_gossip_exempt_net (gossip, g_inet_address_to_bytes (address),
                                   g_inet_address_get_native_size (address),
                                   g_inet_address_mask_get_length (mask), error))
        return FALSE;
    }
  return TRUE;
}

static MeshGossip *
make_core (MeshKeypair *keypair, const MeshGossipServiceOptions *options, GError **error)
{
  MeshGossipConfig config = options->config;
  g_autoptr (MeshGossip) gossip = NULL;
  guint64 seed;
  MeshRng rng;

  randombytes_buf (&seed, sizeof seed);
  mesh_rng_init (&rng, seed);
  config.keypair = keypair;
  config.first_seqno = (guint64) g_get_real_time () * 1000;
  gossip = mesh_gossip_new (&config, &rng, error);
  if (gossip == NULL || !exempt_nets (gossip, options->exempt_nets, error))
    return NULL;
  return g_steal_pointer (&gossip);
}

static void
start (MeshGossipService *self)
{
  g_autoptr (GPtrArray) connections = mesh_host_dup_connections (self->host);

  self->timer = g_source_new (&timer_funcs, sizeof (Timer));
  ((Timer *) self->timer)->service = self;
  g_source_set_static_name (self->timer, "gossip");
  g_source_attach (self->timer, g_main_context_get_thread_default ());
  for (guint i = 0; self->protocols[i] != NULL; i++)
    mesh_host_set_handler (self->host, self->protocols[i], stream_handler, self, NULL);
  g_signal_connect (self->host, "peer-identified", G_CALLBACK (identified_cb), self);
  g_signal_connect (self->host, "peer-disconnected", G_CALLBACK (disconnected_cb), self);
  for (guint i = 0; i < connections->len; i++)
    identified_cb (self->host, g_ptr_array_index (connections, i), self);
}

MeshGossipService *
mesh_gossip_service_new (MeshHost *host,
                         MeshKeypair *keypair,
                         const MeshGossipServiceOptions *options,
                         GError **error)
{
  const MeshGossipServiceOptions defaults = MESH_GOSSIP_SERVICE_OPTIONS_DEFAULT;
  g_autoptr (MeshGossip) gossip = NULL;
  MeshGossipService *self;

  if (options == NULL)
    options = &defaults;
  gossip = make_core (keypair, options, error);
  if (gossip == NULL)
    return NULL;
  if (!mesh_peer_id_equal (mesh_gossip_get_self (gossip), mesh_host_get_peer_id (host)))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "Gossip of %s can not be signed with the key of %s",
                   mesh_peer_id_to_string (mesh_host_get_peer_id (host)),
                   mesh_peer_id_to_string (mesh_gossip_get_self (gossip)));
      return NULL;
    }
  self = g_object_new (MESH_TYPE_GOSSIP_SERVICE, NULL);
  self->host = g_object_ref (host);
  self->gossip = g_steal_pointer (&gossip);
  self->protocols = options->is_1_0_0_only ? all_protocols + 1 : all_protocols;
  self->max_rpc_bytes = options->config.params.max_rpc_bytes;
  start (self);
  return self;
}

/* What callers ask for. */

static gboolean
check_running (MeshGossipService *self, GError **error)
{
  if (!is_stopped (self))
    return TRUE;
  g_set_error_literal (error, MESH_ERROR, MESH_ERROR_CLOSED, "Gossip has been stopped");
  return FALSE;
}

gboolean
mesh_gossip_service_subscribe (MeshGossipService *self,
                               const char *topic,
                               MeshGossipValidator validator,
                               MeshGossipReceiver receiver,
                               gpointer user_data,
                               GDestroyNotify destroy,
                               GError **error)
{
  Subscription *subscription;

  if (!check_running (self, error)
      || !mesh_gossip_subscribe (self->gossip, topic, validator != NULL, NULL,
                                 g_get_monotonic_time (), error))
    return FALSE;
  subscription = g_new0 (Subscription, 1);
  g_ref_count_init (&subscription->ref_count);
  subscription->validator = validator;
  subscription->receiver = receiver;
  subscription->user_data = user_data;
  subscription->destroy = destroy;
  g_hash_table_insert (self->subscriptions, g_strdup (topic), subscription);
  pump (self);
  return TRUE;
}

void
mesh_gossip_service_unsubscribe (MeshGossipService *self, const char *topic)
{
  if (is_stopped (self) || !g_hash_table_remove (self->subscriptions, topic))
    return;
  mesh_gossip_unsubscribe (self->gossip, topic, g_get_monotonic_time ());
  pump (self);
}

void
mesh_gossip_service_validated (MeshGossipService *self,
                               guint64 handle,
                               MeshGossipVerdict verdict)
{
  if (is_stopped (self))
    return;
  mesh_gossip_validated (self->gossip, handle, verdict, g_get_monotonic_time ());
  pump (self);
}

gboolean
mesh_gossip_service_publish (MeshGossipService *self,
                             const char *topic,
                             GBytes *data,
                             guint *n_sent,
                             GError **error)
{
  g_autoptr (GBytes) id = NULL;

  if (!check_running (self, error))
    return FALSE;
  id = mesh_gossip_publish (self->gossip, topic, data, g_get_monotonic_time (), n_sent,
                            error);
  if (id == NULL)
    return FALSE;
  pump (self);
  return TRUE;
}

void
mesh_gossip_service_set_app_score (MeshGossipService *self,
                                   const MeshPeerId *peer,
                                   double score)
{
  if (is_stopped (self))
    return;
  mesh_gossip_set_app_score (self->gossip, peer, score, g_get_monotonic_time ());
}

gboolean
mesh_gossip_service_add_direct_peer (MeshGossipService *self,
                                     MeshPeerId *peer,
                                     GError **error)
{
  if (!check_running (self, error)
      || !mesh_gossip_add_direct_peer (self->gossip, peer, g_get_monotonic_time (),
                                       error))
    return FALSE;
  pump (self);
  return TRUE;
}

GPtrArray *
mesh_gossip_service_dup_mesh_peers (MeshGossipService *self, const char *topic)
{
  return mesh_gossip_dup_mesh (self->gossip, topic);
}

GPtrArray *
mesh_gossip_service_dup_subscribers (MeshGossipService *self, const char *topic)
{
  return mesh_gossip_dup_subscribers (self->gossip, topic);
}

char **
mesh_gossip_service_dup_topics (MeshGossipService *self)
{
  return mesh_gossip_dup_topics (self->gossip);
}

void
mesh_gossip_service_get_stats (MeshGossipService *self, MeshGossipStats *stats)
{
  mesh_gossip_get_stats (self->gossip, stats);
}

gboolean
mesh_gossip_service_get_peer_stats (MeshGossipService *self,
                                    const MeshPeerId *peer,
                                    MeshGossipPeerStats *stats)
{
  return mesh_gossip_get_peer_stats (self->gossip, peer, g_get_monotonic_time (), stats);
}

gboolean
mesh_gossip_service_is_timer_set (MeshGossipService *self)
{
  return self->timer != NULL && g_source_get_ready_time (self->timer) >= 0;
}

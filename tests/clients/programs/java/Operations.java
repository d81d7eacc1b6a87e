// Calls every operation with a client of OpenAPI Generator (java, native); the demo world has these ids.
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.postfuze.ApiClient;
import com.postfuze.ApiException;
import com.postfuze.api.AccountsApi;
import com.postfuze.api.ConnectFlowApi;
import com.postfuze.api.HealthApi;
import com.postfuze.api.MetricsApi;
import com.postfuze.api.ServiceApi;
import com.postfuze.model.AuthUrlRequest;
import com.postfuze.model.MetricsSource;
import com.postfuze.model.PageSelection;
import com.postfuze.model.Platform;
import com.postfuze.model.Problem;
import java.net.URI;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

public final class Operations {
    private static final UUID ID = UUID.fromString("a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234");
    private static final String SESSION = "9f8e7d6c5b4a39281706";

    private static void check(boolean ok, String text) {
        if (!ok) throw new AssertionError(text);
    }

    public static void main(String[] arguments) throws Exception {
        ApiClient client = new ApiClient();
        client.updateBaseUri(System.getenv("POSTFUZE_URL"));
        client.setRequestInterceptor(call -> call.header("Authorization", "Bearer " + System.getenv("POSTFUZE_KEY")));
        // It tells the forms of metrics apart.
        client.setObjectMapper(client.getObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES));

        check(new ServiceApi(client).getServiceHealth().getService().equals("PostFuze"), "service");

        var accounts = new AccountsApi(client);
        var first = accounts.listSocialAccounts(2, null, null, null, null, null, null, null);
        var second = accounts.listSocialAccounts(2, first.getNextCursor(), null, null, null, null, null, null);
        check(!first.getData().get(0).getId().equals(second.getData().get(0).getId()), "pages");
        var silent = accounts.listSocialAccounts(null, null, null, null, Platform.FACEBOOK, "silent", null, null).getData();

        var account = accounts.getSocialAccount(ID);
        check(account.getUsername().equals("acme"), "account");
        check(account.getCreatedAt().isEqual(OffsetDateTime.parse("2026-06-01T09:30:00Z")), "timestamp");

        var metrics = new MetricsApi(client);
        var value = metrics.getSocialAccountMetrics(ID, null, null).getMetricsValue();
        check(value.getFollowers().intValue() == 18420 && value.getSource() == MetricsSource.LIVE, "one value");
        var series = metrics.getSocialAccountMetrics(ID, "2026-06-01", null).getMetricsSeries();
        check(series.getData().get(0).getFollowers().intValue() == 18012, "a series");
        UUID silentId = UUID.fromString(silent.get(0).getId());
        var none = metrics.getSocialAccountMetrics(silentId, null, null).getMetricsNotCollected();
        check(!none.getMessage().isEmpty(), "none yet");

        check(new HealthApi(client).getSocialAccountHealth(ID).getHealthy(), "health");

        var connectFlow = new ConnectFlowApi(client);
        var request = new AuthUrlRequest().redirectUri(URI.create("http://localhost:3000/connected"));
        check(connectFlow.createAuthUrl(Platform.FACEBOOK, null).getAuthUrl().isAbsolute(), "auth url without a body");
        check(connectFlow.createAuthUrl(Platform.FACEBOOK, request).getAuthUrl().isAbsolute(), "auth url");

        var page = connectFlow.listPendingPages(SESSION).getAvailablePages().get(0);
        var selection = new PageSelection().selectedPageIds(List.of(page.getId()));
        var connected = connectFlow.finalizeConnection(SESSION, selection).getConnectedAccounts().get(0);
        check(connected.getUsername().equals("acmestore"), "connection");

        UUID connectedId = UUID.fromString(connected.getId());
        check(accounts.deleteSocialAccount(connectedId).getDeleted(), "deletion");
        try {
            accounts.getSocialAccount(connectedId);
            check(false, "a deleted account is retrieved");
        } catch (ApiException error) {
            check(client.getObjectMapper().readValue(error.getResponseBody(), Problem.class).getStatus() == 404, "problem");
        }
    }
}

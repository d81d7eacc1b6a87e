// Calls every operation with a client of OpenAPI Generator (go); the demo world has these ids.
package main

import (
	"context"
	"errors"
	"log"
	"os"

	"example/api"
)

const (
	id      = "a1b2c3d4-0000-4a9f-9b1c-2e7d6f0a1234"
	session = "9f8e7d6c5b4a39281706"
)

func check(ok bool, text string) {
	if !ok {
		log.Fatal(text)
	}
}

func must[T any](value T, _ any, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	configuration := api.NewConfiguration()
	configuration.Servers = api.ServerConfigurations{{URL: os.Getenv("POSTFUZE_URL")}}
	client := api.NewAPIClient(configuration)
	ctx := context.WithValue(context.Background(), api.ContextAccessToken, os.Getenv("POSTFUZE_KEY"))

	service := must(client.ServiceAPI.GetServiceHealth(ctx).Execute())
	check(service.Service == "PostFuze", "service")

	first := must(client.AccountsAPI.ListSocialAccounts(ctx).Limit(2).Execute())
	second := must(client.AccountsAPI.ListSocialAccounts(ctx).Limit(2).Cursor(first.GetNextCursor()).Execute())
	check(len(first.Data) == 2 && len(second.Data) == 2 && first.Data[0].Id != second.Data[0].Id, "pages")
	silent := must(client.AccountsAPI.ListSocialAccounts(ctx).Platform(api.FACEBOOK).Username("silent").Execute())

	account := must(client.AccountsAPI.GetSocialAccount(ctx, id).Execute())
	check(account.GetUsername() == "acme" && account.CreatedAt.Year() == 2026, "account")

	value := must(client.MetricsAPI.GetSocialAccountMetrics(ctx, id).Execute()).MetricsValue
	check(value != nil && value.GetFollowers() == 18420 && value.Source == api.LIVE, "one value")
	series := must(client.MetricsAPI.GetSocialAccountMetrics(ctx, id).Since("2026-06-01").Execute()).MetricsSeries
	check(series != nil && series.Data[0].GetFollowers() == 18012, "a series")
	none := must(client.MetricsAPI.GetSocialAccountMetrics(ctx, silent.Data[0].Id).Execute()).MetricsNotCollected
	check(none != nil && none.Message != "", "none yet")

	health := must(client.HealthAPI.GetSocialAccountHealth(ctx, id).Execute())
	check(health.Healthy, "health")

	request := api.NewAuthUrlRequest()
	request.SetRedirectUri("http://localhost:3000/connected")
	must(client.ConnectFlowAPI.CreateAuthUrl(ctx, api.FACEBOOK).Execute())
	url := must(client.ConnectFlowAPI.CreateAuthUrl(ctx, api.FACEBOOK).AuthUrlRequest(*request).Execute())
	check(url.AuthUrl != "", "auth url")

	pending := must(client.ConnectFlowAPI.ListPendingPages(ctx, session).Execute())
	selection := api.NewPageSelection([]string{pending.AvailablePages[0].Id})
	connection := must(client.ConnectFlowAPI.FinalizeConnection(ctx, session).PageSelection(*selection).Execute())
	connected := connection.ConnectedAccounts[0]
	check(connected.GetUsername() == "acmestore", "connection")

	deleted := must(client.AccountsAPI.DeleteSocialAccount(ctx, connected.Id).Execute())
	check(deleted.Deleted, "deletion")
	_, _, err := client.AccountsAPI.GetSocialAccount(ctx, connected.Id).Execute()
	var failure *api.GenericOpenAPIError
	check(errors.As(err, &failure), "failure")
	problem, ok := failure.Model().(api.Problem)
	check(ok && problem.Title == "Not Found", "problem")
}
